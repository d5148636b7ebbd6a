import type { Engine } from '../engine/engine.ts'
import type { ExitCode } from '../errors.ts'
import type { AppModel } from '../model.ts'
import type { Project } from '../project.ts'
import type { ImageContents } from './image/contents.ts'
import type { Session } from './session.ts'
import type { ComposeConfig, Stack } from './stack.ts'

export type Status = 'pass' | 'fail' | 'skipped'

/** What a step saw. Nothing that was not seen is a pass: what could not be tried is `skipped`, and says why. */
export interface Outcome {
  status: Status
  /** One sentence for people: what was seen, with its numbers. */
  evidence: string
  /** What it was seen in: paths, lines, containers. */
  details?: string[]
  /** The numbers behind the sentence. */
  data?: Record<string, unknown>
  /** The end of what a program printed, where that tells why. */
  output?: string
  /** A known cause, and what mends it. */
  cause?: FailureCause
}

export interface StepResult extends Outcome {
  id: string
  title: string
  seconds: number
}

/** One row of the proof. `needs`: steps that must have passed, or this one is skipped. */
export interface Step {
  id: string
  title: string
  needs: readonly string[]
  run(verification: Verification): Promise<Outcome>
}

/** Why a program failed, as a row of the table in `failures/` knows it. */
export interface FailureCause {
  id: string
  /** "better-sqlite3 needs a compiler". */
  title: string
  /** What to do, exactly: a command, or a line of a file. */
  fix: string
  /** Where a flag of the main command mends it: its name and value, as they are typed. */
  flag?: { name: string; value: string }
  /** The line of the output that told. */
  line: string
}

/** What one `verify` run works on; steps fill what later steps read. */
export interface Verification {
  engine: Engine
  session: Session
  project: Project
  /** Relative to the root; where the lock says that the file is. */
  dockerfile: string
  compose: string | null
  app: AppModel
  /** Says what is going on, for the live view. */
  progress(line: string): void
  /** Aborted by Ctrl-C and by the step's time limit. */
  signal: AbortSignal
  /** Set by `compose`: the file as Compose reads it, with values put in. */
  config?: ComposeConfig
  /** Set by `build`; `layers` are diff ids, from the bottom. */
  image?: { ref: string; id: string; layers: string[]; config: ImageConfig }
  /** What the image holds, read once. */
  contents?: ImageContents
  /** Set by `boot`. */
  stack?: Stack
  /** Set by `stop`: what became of a request in flight. */
  drain?: Outcome
  /** Filled by the steps that measure. */
  report: Partial<ImageReport>
}

/** Of `docker image inspect`, what steps read. */
export interface ImageConfig {
  user: string
  env: string[]
  exposed: number[]
  healthcheck: string[] | null
  entrypoint: string[]
  cmd: string[]
  workdir: string
  stopSignal: string
  volumes: string[]
}

/** `image` of the JSON document. Bytes are of files, uncompressed, as the engine keeps them. */
export interface ImageReport {
  id: string
  base: string | null
  user: string
  bytes: number
  /** Base + production dependencies + app: what nobody can go below without another base. */
  floor: number | null
  layers: LayerReport[]
}

export interface LayerReport {
  kind: 'base' | 'system' | 'dependencies' | 'app'
  bytes: number
  /** The instruction that made it. */
  createdBy: string
}

/** The document of `verify --json`, schema 1: keys may be added, never changed. */
export interface VerifyDocument {
  schema: 1
  version: string
  root: string
  app: string
  engine: string
  steps: StepResult[]
  image: Partial<ImageReport>
  seconds: number
  exit: ExitCode
}
