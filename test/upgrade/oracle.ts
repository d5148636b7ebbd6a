import ts from 'typescript'
import { parseDocument } from 'yaml'
import { readDockerfile } from '../../src/dockerfile-reader/read.ts'
import { hasMarkers } from '../../src/merge/lines.ts'
import type { Plan } from '../../src/plan/types.ts'
import { LOCK_PATH, unpack } from '../../src/state/lock.ts'
import type { Tree } from './tree.ts'
import { countLines, placesOf, plain, type Workspace } from './workspace.ts'

/** A run to be judged: what was written last, what people made of it, what is new. */
export interface Judged {
  tree: Tree
  /** As the older release wrote it, by id. */
  base: ReadonlyMap<string, string>
  /** As this version writes it, by id. */
  template: ReadonlyMap<string, string>
  /** Of another name by now: the older one goes, or is let go. */
  moved: ReadonlySet<string>
  workspace: Pick<Workspace, 'text'>
  plan: Plan
}

/** Left as it is by a policy: conflicts wait beside it, or in the files that go with it. */
const waits = (row: Plan['files'][number] | undefined, merged: string | undefined, yours: string) =>
  merged === yours && (row?.action === 'conflict' || row?.reason.startsWith('waits'))

/** All that a run did wrong, in words; empty where it kept its promises. */
export function faultsOf(run: Judged): string[] {
  return [...run.base.keys()]
    .flatMap((id) => faultsOfFile(run, id).map((fault) => `${id}: ${fault}`))
    .concat(faultsOfState(run))
}

function faultsOfFile({ tree, base, template, moved, workspace, plan }: Judged, id: string): string[] {
  const path = tree.paths[id] as string
  const yours = tree.text(id)
  const merged = workspace.text(path)
  const written = base.get(id) as string
  const ours = moved.has(id) ? undefined : template.get(id)
  const row = plan.files.find((file) => file.id === id)
  if (yours === undefined) return merged === undefined ? [] : ['it was deleted, and is back']
  if (merged === undefined) return ours === undefined && plain(yours) === plain(written) ? [] : ['it is gone']
  if (plan.held) return merged === yours ? [] : ['it was written although the run was held back']
  if (waits(row, merged, yours)) return []
  if (ours === undefined) return merged === yours ? [] : ['no longer ours, and changed']
  if (yours === written && row?.action !== 'skip')
    return merged === ours ? [] : ['nobody touched it, and it is not what this version writes']
  // Marked, it has what nobody wants: people see to it.
  if (hasMarkers(merged)) return lost(tree, yours, merged)
  return [
    ...lost(tree, yours, merged),
    ...changedLines({ written, yours, ours, merged, isForm: isYaml(id) && isSameModel(written, yours) }),
    ...changedForm(yours, merged),
    ...(isSound(id, path, yours) && !isSound(id, path, merged) ? ['it can no longer be read'] : []),
    ...(isSound(id, path, yours) ? misplaced(tree, id, yours, merged) : []),
  ]
}

const lost = ({ marks }: Tree, yours: string, merged: string) =>
  marks.filter((mark) => yours.includes(mark) && !merged.includes(mark)).map((mark) => `${mark} is lost`)

interface Sides {
  written: string
  yours: string
  ours: string
  merged: string
  /** What people changed is how things are written, and not what they say. */
  isForm: boolean
}

/** What a line says, however it is indented and quoted. */
const bare = (line: string) => line.replace(/[\s"']/g, '')

/** A line that people wrote stays, one that they took out stays out, as often as they did either. */
function changedLines({ written, yours, ours, merged, isForm }: Sides): string[] {
  const [was, mine, news, now] = [written, yours, ours, merged].map(countLines) as unknown as [
    Counts,
    Counts,
    Counts,
    Counts,
  ]
  const faults: string[] = []
  const form = new Set([...was.keys()].map(bare))
  for (const [line, times] of mine) {
    const own = times - (was.get(line) ?? 0)
    if (
      own > 0 &&
      (now.get(line) ?? 0) < own &&
      !isRepinned(line, now) &&
      !form.has(bare(line)) &&
      !(isForm && !/^\s*#/.test(line))
    )
      faults.push(`lost: ${line}`)
  }
  const added = countLines(newStages(ours, written))
  const said = new Set([...mine.keys()].map(bare))
  for (const [line, times] of was) {
    const most = (mine.get(line) ?? 0) + Math.max(0, (news.get(line) ?? 0) - times, added.get(line) ?? 0)
    // Where only its form was changed, what the templates say anew comes in theirs.
    const isReformed = !mine.has(line) && said.has(bare(line))
    if ((mine.get(line) ?? 0) < times && (now.get(line) ?? 0) > most && !isReformed)
      faults.push(`came back: ${line}`)
  }
  return faults
}
type Counts = ReadonlyMap<string, number>

/** Stages that the templates had not before: what stands there came with them, also where it stood elsewhere. */
const newStages = (ours: string, written: string): string =>
  ours
    .split(/^(?=FROM )/m)
    .filter((stage) => {
      const name = /^FROM \S+ AS (\S+)/.exec(stage)?.[1]
      return name !== undefined && !written.includes(` AS ${name}\n`)
    })
    .join('')

/** Versions are merged as values: a line of theirs may have moved to a newer one. */
function isRepinned(line: string, now: Counts): boolean {
  const unpinned = (text: string) =>
    text
      .replace(/(?<=[\w/-])(:[\w.-]+)?(@sha256:[0-9a-f]+)?(?=["']?(\s|$))/g, '')
      .replace(/@[0-9a-f]{40} # v\S+/, '@')
  return (
    /^\s*(-\s+)?(FROM|COPY|image:|uses:|# syntax)/i.test(line) &&
    [...now.keys()].some((one) => unpinned(one) === unpinned(line))
  )
}

function changedForm(yours: string, merged: string): string[] {
  const faults: string[] = []
  if (yours.startsWith('\ufeff') !== merged.startsWith('\ufeff'))
    faults.push('the byte order mark is another')
  if (yours.endsWith('\n') !== merged.endsWith('\n')) faults.push('the end of the file is another')
  const isCrlf = (text: string) => text.includes('\r\n') && !/[^\r]\n/.test(text)
  const isLf = (text: string) => !text.includes('\r')
  if ((isCrlf(yours) && !isCrlf(merged)) || (isLf(yours) && !isLf(merged)))
    faults.push('line endings are others')
  return faults
}

const isYaml = (id: string) => id === 'compose' || id === 'ci'

function isSameModel(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => parseDocument(text, { merge: true }))
  return (
    one?.errors.length === 0 &&
    other?.errors.length === 0 &&
    JSON.stringify(one.toJS()) === JSON.stringify(other.toJS())
  )
}

export function isSound(id: string, path: string, text: string): boolean {
  if (id === 'dockerfile') return readDockerfile(text).errors.length === 0
  if (isYaml(id)) return parseDocument(text, { merge: true }).errors.length === 0
  if (id === 'env' && /\.[jt]s$/.test(path)) {
    const { diagnostics = [] } = ts.transpileModule(text, {
      fileName: path,
      reportDiagnostics: true,
      compilerOptions: { allowJs: true },
    })
    return diagnostics.length === 0
  }
  return true
}

function misplaced({ marks }: Tree, id: string, yours: string, merged: string): string[] {
  const now = placesOf(marks, id, merged)
  return placesOf(marks, id, yours)
    .filter((place) => !now.includes(place))
    .map((place) => `no longer there: ${place}`)
}

/** Not pending: nothing is open anywhere. Pending: something says so. */
function faultsOfState({ template, workspace, plan }: Judged): string[] {
  const faults: string[] = []
  const open = plan.files.filter(({ action }) => action === 'conflict' || action === 'skip')
  if (plan.pending !== open.length > 0) faults.push(`pending is ${plan.pending}, with ${open.length} open`)
  const { files } = JSON.parse(workspace.text(LOCK_PATH) as string) as {
    files: Record<string, { path: string; state: string; z: string }>
  }
  for (const [id, { path, state, z }] of Object.entries(files)) {
    if (!plan.pending && state === 'pending')
      faults.push(`${id} is pending in the lock, and nothing is said of it`)
    const text = workspace.text(path)
    if (!plan.pending && text !== undefined && hasMarkers(text))
      faults.push(`${id} has markers, and nothing is said of it`)
    const row = plan.files.find((file) => file.id === id)
    if (
      !plan.held &&
      state === 'managed' &&
      row?.action !== 'skip' &&
      row?.action !== 'conflict' &&
      !row?.reason.startsWith('waits') &&
      template.has(id) &&
      unpack(z) !== template.get(id)
    )
      faults.push(`${id}: what is remembered is not what this version writes`)
  }
  for (const row of plan.files)
    if (row.action === 'conflict' && !row.conflicts?.length)
      faults.push(`${row.id}: a conflict that shows nothing`)
  return faults
}
