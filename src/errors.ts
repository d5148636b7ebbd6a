/** Exit codes are a contract: see `--help` and README. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  pending: 3,
  changes: 4,
  refused: 5,
  cancelled: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Something that the person can put right: printed as two lines, never as a stack. */
export class CliError extends Error {
  readonly code: ExitCode
  readonly hint: string | undefined
  constructor(message: string, options: { code: ExitCode; hint?: string }) {
    super(message)
    this.code = options.code
    this.hint = options.hint
  }
}

/** Ctrl-C at a question. */
export class Cancelled extends CliError {
  constructor() {
    super('Cancelled. Nothing was written.', { code: EXIT.cancelled })
  }
}
