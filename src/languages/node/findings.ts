import type { Answers } from '../../answers.ts'
import type { Facts, Warning } from '../../facts.ts'
import type { BuildSecret, Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { BasePath } from './base-path.ts'
import type { NodeStart } from './commands.ts'
import type { EngineChecks } from './engine-checks.ts'
import type { FileDatabase } from './file-database.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { Listening } from './listen.ts'
import type { Manifest } from './manifest.ts'
import type { FoundMigration } from './migrations.ts'
import type { NativeRow } from './native.ts'
import type { PackageManager } from './package-manager.ts'

/** All that inspection found, as the model needs it. */
export interface NodeFindings {
  project: Project
  manifest: Manifest
  row: FrameworkRow
  manager: PackageManager
  facts: Facts
  warnings: Warning[]
  variables: Variable[]
  listening: Listening
  start: NodeStart | undefined
  native: readonly NativeRow[]
  /** The database that is a file, and the variables that say where. */
  fileDatabase: FileDatabase | undefined
  /** Files that a person has, and the image must not. */
  kept: string[]
  migration: FoundMigration | undefined
  basePath: BasePath
  secrets: BuildSecret[]
  /** Members of its workspace that it does without: no part of the context. */
  apart: readonly string[]
  /** The committed settings of the tests, which hold no secret: in the context, and never in the image. */
  testEnv: string | undefined
  engines: EngineChecks
  onBun: boolean
  answers: Answers
}
