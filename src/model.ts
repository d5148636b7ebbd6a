/** What the artefacts are written from: plain data, the same for every language. Languages fill it, artefacts read it. */

export type ServiceId =
  | 'postgres'
  | 'mysql'
  | 'mariadb'
  | 'mongodb'
  | 'redis'
  | 'valkey'
  | 'rabbitmq'
  | 'kafka'
  | 'elasticsearch'
  | 'opensearch'
  | 'nats'
  | 'memcached'
  | 's3'
  | 'smtp'

export interface Workspace {
  tool: string
  app: string
}

/** A command in exec form: the first word is the program. */
export type Argv = readonly string[]

/** A variable that the code reads, or that a file like `.env.example` names. */
export interface Variable {
  name: string
  kind: 'string' | 'url' | 'number' | 'boolean'
  required: boolean
  /** The default that the code itself uses. */
  default?: string
  /** A sample value from `.env.example`: shows the form, never a secret to ship. */
  example?: string
  secret: boolean
  /** Inlined at build time (`NEXT_PUBLIC_*`, `VITE_*`): a build argument, visible to every visitor. */
  public: boolean
  /** Read while the image is built, and never after: handed over as an argument, or as a secret. */
  build?: 'argument' | 'secret'
  /** What the code compares it with. */
  choices?: string[]
  /** Any text counts as yes, "false" too. */
  presence?: true
  /** Django's production settings, which the build loads, fail without it, if only under some condition. */
  settings?: true
  /** Of a public one: the value in a file that the project commits for its build, which the image does not get. */
  built?: string
  /** Handed to an ORM as the name of its dialect: `type: process.env.DB_TYPE`. */
  dialect?: true
  /** What does in development; `{port}` is that which people see. */
  development?: string
  /** Where it was seen: `src/db.ts:4`, `.env.example:2`. */
  sources: string[]
}

/** A step that brings the database up to the code: a target and a one-shot service, never part of CMD. */
export interface Migration {
  tool: string
  title: string
  command: Argv
  /** Environment that the command needs besides the app's own. */
  env?: Record<string, string>
}

/** Another long-running command of the same image: a queue worker, a scheduler. */
export interface Process {
  name: string
  command: Argv
  devCommand: Argv
  healthcheck?: Argv
}

export interface Development {
  /** Run in the `dev` target; reloads on change. Null where there is nothing to run. */
  command: Argv
  /** `sync`: the command watches files by itself. `sync+restart`: it does not. */
  action: 'sync' | 'sync+restart'
  /** Where the source lives in the container. */
  workdir: string
  /** Paths never synced into the container: dependencies and build output. */
  ignore: string[]
  /** A change of one of these rebuilds the image. */
  rebuild: string[]
  env: Record<string, string>
  port: number | null
  /** Files with variables that its server reads by itself, and the container does not get: from the weakest on. */
  envFiles?: string[]
  /** The path below which its server answers: `/shop`. */
  base?: string
}

export interface BuildSecret {
  /** Secret id in the Dockerfile (`--mount=type=secret,id=…`). */
  id: string
  /** The environment variable that carries it on the developer's machine and in CI. */
  env?: string
  /** …or the file. */
  file?: string
  /** For the build alone: what installs has no need of it. */
  step?: 'build'
}

/** A file to render: which template, with which bare, precomputed names. */
export interface TemplateUse {
  template: string
  data: Record<string, unknown>
}

export interface EnvFile {
  path: string
  template: string
  data: Record<string, unknown>
  /** Blank lines between definitions: two in Python's own style. */
  blankLines?: 1 | 2
  /** One line that shows how the app uses it: goes into the docs. */
  usage: string
}

/** Everything that a language knows of the app, ready to be written down. */
export interface AppModel {
  /** Safe as an image, compose project and service name. */
  name: string
  language: string
  languageTitle: string
  frameworkTitle: string
  /** `server` listens on a port, `static` is served by nginx, `worker` has no port. */
  kind: 'server' | 'static' | 'worker'
  dockerfile: TemplateUse
  /** The stages in order, for the diagram in the docs. */
  stages: { name: string; from: string[]; what: string }[]
  /** `.dockerignore` lines of this language, over those that every project has. */
  ignore: string[]
  port: number | null
  healthPath: string | null
  /** The probe in exec form, as the development container can run it; null without a port. */
  healthcheck: Argv | null
  development: Development
  migration: Migration | null
  test: { command: Argv } | null
  processes: Process[]
  variables: Variable[]
  /** Environment that every container of this app gets, in development too. */
  environment: Record<string, string>
  /** Names that the image itself sets: nobody has to say them. */
  imageEnv?: readonly string[]
  publicVars: Variable[]
  /** Other variables that the build reads: arguments too, and in no bundle of their own. */
  buildVars?: Variable[]
  buildSecrets: BuildSecret[]
  env: EnvFile | null
  /** The project's own sample of its environment (`.env.example`); where there is one, none is written. */
  envExample?: string | undefined
  /** Paths that the app writes to under a read-only root. */
  writable: string[]
  /** A folder of the image for what must outlive a container: a volume goes there. */
  data?: string | undefined
  user: string
  /** Commands that a person uses outside Docker: for DOCKER.md. */
  decisions: { title: string; why: string; rule: string }[]
}
