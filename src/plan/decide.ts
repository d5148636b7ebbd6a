import type { ArtefactFile } from '../artefacts/types.ts'
import { type LockEntry, pristine } from '../state/lock.ts'
import { plainText } from './targets.ts'
import type { Outcome } from './types.ts'

export interface Sides {
  file: ArtefactFile | null
  entry: LockEntry | undefined
  before: Buffer | null
  /** Asked back with --restore. */
  restore: boolean
}

/**
 * The table of upgrade decisions for a file that is ours or stands where ours would be. What nobody edited and what only one
 * side changed is decided here; the rest is merged, or adopted.
 */
export async function decide({ file, entry, before, restore }: Sides): Promise<Outcome | 'foreign'> {
  if (!file) return dropped(entry as LockEntry, before)
  const ours = file.rendered.text
  if (before === null) return entry && !restore ? { kind: 'stays-deleted' } : { kind: 'create' }
  const yours = plainText(before)
  if (yours === ours && before.length < 1 << 20) return { kind: 'same' }
  const { decode } = await import('../merge/lines.ts')
  const decoded = decode(before)
  if ('refused' in decoded) return { kind: 'skip', reason: REFUSED[decoded.refused] }
  if (!entry || entry.state === 'advisory') return 'foreign'
  const base = pristine(entry)
  if (base === ours) return { kind: 'edited' }
  const broken = YAML_KINDS.has(file.kind) && (await yamlError(yours))
  if (broken) return { kind: 'skip', reason: `not valid YAML (${broken}): mend it, then run again` }
  const { mergeTexts } = await import('../merge/merge.ts')
  const { GUARDS } = await import('../merge/guards.ts')
  const merged = mergeTexts(
    { kind: file.kind, path: entry.path, base, yours: decoded.text, template: ours },
    GUARDS[file.kind],
  )
  return yours === base ? { kind: 'replace', text: merged.text() } : { kind: 'merge', merged }
}

const YAML_KINDS: ReadonlySet<string> = new Set(['compose', 'workflow', 'yaml'])

/** What can't be read can't be guarded: nothing is merged into it. */
async function yamlError(text: string): Promise<string | undefined> {
  const { readYaml } = await import('../read-yaml.ts')
  try {
    readYaml(text)
    return undefined
  } catch (error) {
    const line = (error as { mark?: { line: number } }).mark?.line
    return line === undefined ? 'it is not one document' : `line ${line + 1}`
  }
}

/** What this run does not write. Unedited: it goes, with a backup. Edited: it is yours from now on. */
function dropped(entry: LockEntry, before: Buffer | null): Outcome {
  if (entry.state === 'kept') return { kind: before === null ? 'forget' : 'silent' }
  if (before === null) return { kind: 'forget' }
  return entry.state === 'managed' && plainText(before) === pristine(entry)
    ? { kind: 'delete' }
    : { kind: 'let-go' }
}

const REFUSED = {
  'not-utf8': 'not UTF-8 text: save it as UTF-8, then run again',
  binary: 'not a text file',
  'too-large': 'larger than 1 MiB: it is not merged',
  markers: 'has conflict markers: resolve them, then run again',
} as const
