import type { IMAGES } from '../data/versions.ts'
import type { ServiceId } from '../model.ts'

/** How the app is told where a service is, and the service itself: all that a compose file has of it. */
export interface ServiceUse {
  id: ServiceId
  title: string
  kind: ServiceKind
  /** Environment of the app, by the names that the code reads. Compose text: `$` is escaped, `${…}` interpolates. */
  connection: Record<string, string>
  /** Names that nothing in the code reads: set by convention, and reported (`serviceWarnings`). */
  assumed: string[]
  /** Names that it wants an engine's name in, and nothing shows which. */
  unset?: string[]
  /** Database name, where the service has one. */
  database?: string
  container: ServiceContainer
}

/** The service's own entry in a compose file. Texts are compose texts, as above. */
export interface ServiceContainer {
  image: string
  /** Why something here is as it is, in a line. */
  comment?: string
  hostname?: string
  command?: readonly string[]
  environment?: Record<string, string>
  /** A page for people: published on loopback, on a port that a variable overrules. */
  page?: { variable: string; port: number; what: string }
  /** The one volume: where this version keeps its data. */
  volume?: string
  healthcheck: HealthCheck
}

export interface HealthCheck {
  /** A line for a shell (`CMD-SHELL`), or a program with its arguments (`CMD`). */
  test: string | readonly string[]
  /** Seconds. A probe that starts a JVM or an Erlang node is asked less often. */
  interval?: number
  timeout?: number
  startPeriod?: number
}

export type ServiceKind = 'database' | 'cache' | 'queue' | 'search' | 'storage' | 'mail'
export type Ecosystem = 'npm' | 'pypi'

/** What a variable wants to be told. `fallback`: only where the code has no default of its own. */
export type Give =
  | 'url'
  | 'address'
  | 'host'
  | 'port'
  | 'user'
  | 'password'
  | 'database'
  | { text: string }
  | { fallback: string }
  /** The name of the server in an ORM's settings; the first is told, the others are as good. */
  | { engine: Readonly<Record<Ecosystem, readonly string[]>> }

/** A pattern, or what answers like one. */
export type NameTest = Pick<RegExp, 'test'>

/** A URL as the project has it, in the code or in `.env.example`: its form is kept, where it points is not. */
export interface Sample {
  /** `postgresql+asyncpg`. */
  scheme: string
  /** With its first slash, or empty. */
  path: string
  /** Without the question mark. */
  query: string
  /** Whether it says who logs in. */
  login: boolean
}

/** What a row's functions know of the project. */
export interface Wiring {
  ecosystem: Ecosystem
  dependencies: ReadonlyMap<string, string>
  /** The database's name: the sample's, else the app's. Letters, digits, `_` and `-` only. */
  database: string
  /** Whether the code reads a password of this service: then the server asks for one. */
  password: boolean
  /** The project's own samples have no login, and no variable has one. */
  open: boolean
  sample: Sample | null
}

/** Names in the registry; `celery[redis]` is the extra of a package. */
export type Signs = Readonly<Record<Ecosystem, readonly string[]>>

/** One backing service: to add one is to add a row. */
export interface ServiceRow {
  id: ServiceId
  title: string
  kind: ServiceKind
  image: ImageKey
  /** Another image of the same server, where a dependency asks for it. */
  variants?: readonly { dependencies: readonly string[]; schemes?: readonly string[]; image: ImageKey }[]
  port: number
  /** Drivers: each alone decides. */
  drivers: Signs
  /** Libraries that can use the service, and much else: they need a second sign. */
  weak?: Signs & { variables: RegExp }
  /** Libraries that take this service when nobody says otherwise: a sign only where no service of `unless` was found. */
  defaultOf?: Signs & { unless: readonly ServiceId[] }
  /** URL schemes, without `+driver`: a variable whose sample has one decides. The first is the usual one. */
  schemes: readonly string[]
  /** Patterns in source files that decide. */
  code?: Readonly<Partial<Record<Ecosystem, RegExp>>>
  /** A drop-in for another service: where both are found, this one stays unless the other has the better sign. */
  standsFor?: ServiceId
  /** Upper-case names of variables, each with what it wants; the first that matches wins. */
  variables: readonly (readonly [NameTest, Give])[]
  /** The variables that people use, for code that reads none. */
  convention: Readonly<Record<string, Give>>
  /** Whether the service's libraries read the convention's variables by themselves. */
  readByLibrary?: boolean
  /** Who logs in. */
  user?: string
  /** The variable that overrules the development password, in the app and in the service alike. */
  secret?: string
  url(wiring: Wiring): string
  container(wiring: Wiring): Omit<ServiceContainer, 'image'>
  /** Booted, probed and stopped on a real engine by this project's tests. Else: written after the vendor's documentation only. */
  proven: boolean
}

/** Keys of IMAGES that are a tag, not a function of a version. */
export type ImageKey = {
  [K in keyof typeof IMAGES]: (typeof IMAGES)[K] extends string ? K : never
}[keyof typeof IMAGES]
