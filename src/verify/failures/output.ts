import { stripVTControlCharacters } from 'node:util'

/** What is left of a failed run's output when everything that went well is taken away. */
export interface Failed {
  /** What the step that failed printed itself; all lines, where there are no steps. */
  own: string[]
  /** What the engine said of it. */
  said: string[]
  /** The stage in which it failed, where the output names one. */
  stage: string | null
  instruction: string | null
  /** `Dockerfile:12`. */
  at: string | null
}

const STEP_RE = /^#(\d+) (?:(\d+\.\d+) ?)?(.*)$/
const NAME_RE = /^\[(?:[^\]]* )?([^\s\]]+) +\d+\/\d+\] (.*)$/
/** Docker's legacy builder, Podman and Buildah: `Step 3/5 : RUN …`, `[1/2] STEP 3/5: RUN …`. */
const CLASSIC_RE = /^(?:\[\d+\/\d+\] )?step \d+\/\d+ ?: (.*)$/i
const COMPOSE_RE = /^[\w.-]+ +\| /
/** The failing lines of the Dockerfile, shown by BuildKit. */
const LISTING_RE = /^ *\d+ \| (?:>>>| {3})/
/** Said on every install that nobody watches, and never why one failed: `TERM is not set` reads like a missing variable. */
const CHATTER_RE = /^(?:debconf|update-alternatives): /
const WIDTH = 2000
const LIMIT = 4000

/** Lines without colours, without what a carriage return overwrote, without other control characters. */
export function plainLines(output: string): string[] {
  return stripVTControlCharacters(output.slice(-LIMIT * 500))
    .split(/\r?\n/)
    .map((line) =>
      (line.split('\r').findLast((part) => part !== '') ?? '')
        .replace(/\p{Cc}/gu, (char) => (char === '\t' ? '  ' : ''))
        .slice(0, WIDTH)
        .trimEnd(),
    )
}

/** Reads the structure of a build's output: which step failed, and what it said. Of any other output: its lines. */
export function readFailed(output: string): Failed {
  const lines = plainLines(output)
  const failed = ofBuildKit(lines) ?? ofClassic(lines)
  return { ...failed, own: failed.own.filter((line) => !CHATTER_RE.test(line)) }
}

function ofBuildKit(lines: readonly string[]): Failed | null {
  const steps = lines.map((line) => STEP_RE.exec(line))
  const last = steps.findLastIndex((step) => step !== null)
  if (last < 0) return null
  const said = lines.slice(last + 1)
  const failures = steps.flatMap((step) =>
    step?.[3]?.startsWith('ERROR: ') ? [{ id: step[1] as string, error: step[3].slice(7) }] : [],
  )
  // Stages run side by side, and several may fail: the one that the last word is about.
  const verdict = said.findLast((line) => /failed to solve|^ERROR: /.test(line)) ?? ''
  const failure = failures.findLast(({ error }) => verdict.includes(error)) ?? failures.at(-1)
  const texts = steps.flatMap((step) => (step && step[1] === failure?.id ? [step] : []))
  const [, stage = null, instruction = null] =
    texts.map((step) => NAME_RE.exec(step[3] as string)).find(Boolean) ?? []
  return {
    own: texts.flatMap((step) => (step[2] === undefined ? [] : [step[3] as string])).slice(-LIMIT),
    said: engineWords(said),
    stage,
    instruction,
    at: said.find((line) => /^\S+:\d+$/.test(line)) ?? null,
  }
}

function engineWords(lines: readonly string[]): string[] {
  let boxed = false
  return lines.flatMap((line) => {
    // The end of the step's own lines, once more.
    if (/^-{6}$/.test(line)) boxed = !boxed
    if (boxed || /^-+$/.test(line) || LISTING_RE.test(line)) return []
    // The command in it is the person's, not the engine's word.
    return [line.replace(/process ".*" did not complete successfully/, 'the step failed')]
  })
}

function ofClassic(lines: readonly string[]): Failed {
  const last = lines.findLastIndex((line) => CLASSIC_RE.test(line))
  return {
    own: lines
      .slice(last + 1)
      .map((line) => line.replace(COMPOSE_RE, ''))
      .slice(-LIMIT),
    said: [],
    stage: null,
    instruction: CLASSIC_RE.exec(lines[last] ?? '')?.[1] ?? null,
    at: null,
  }
}
