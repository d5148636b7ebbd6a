import type { Answers } from '../../answers.ts'
import type { Fact, Warning } from '../../facts.ts'
import type { Argv } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { AppRef } from './code.ts'
import type { Django } from './django.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { ServerConfig } from './gunicorn-config.ts'
import type { Manifests } from './manifests.ts'
import type { ServerRow } from './servers.ts'
import type { Stated } from './start.ts'
import type { Worker } from './workers.ts'

/** How the app is started in production, whatever decided it. */
export interface Launch {
  argv(port: number): Argv
  fact: Fact<string>
  /** The port that the project's own command names. */
  port: number | undefined
  env: Record<string, string>
  server: ServerRow | null
  /** The server's own file of settings, where it says what the command line does not. */
  config: ServerConfig | null
  kind: 'asgi' | 'wsgi' | null
  app: AppRef | null
  /** Installed on top of the dependencies, since the project has no server: `gunicorn==…`. */
  adds: string | null
  /** The file that is run, where it is a script. */
  script: string | null
  /** A folder that must be on the path, '' for the project's root. */
  root: string
  /** The start command is a console script of the project: it must be installed. */
  installsProject: boolean
}

export interface LaunchInput {
  project: Project
  manifests: Manifests
  answers: Answers
  row: FrameworkRow
  app: AppRef | null
  django: Django | null
  workers: readonly Worker[]
  stated: Stated | null
  has(name: string): boolean
  warnings: Warning[]
}

/** A launch that says nothing but its command. */
export const EMPTY = {
  port: undefined,
  env: {},
  server: null,
  config: null,
  kind: null,
  app: null,
  adds: null,
  script: null,
  root: '',
  installsProject: false,
} as const
