import type { Answers } from '../../answers.ts'
import type { Facts, Warning } from '../../facts.ts'
import type { Argv, BuildSecret, Process, Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { Dependencies } from './dependencies.ts'
import type { Django } from './django.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { InstallPlan } from './install.ts'
import type { Launch } from './launch-types.ts'
import type { Manifests } from './manifests.ts'
import type { FoundMigration } from './migrations.ts'
import type { NativeNeeds } from './native.ts'
import type { PackageManager } from './package-manager.ts'
import type { Listening } from './port.ts'
import type { Writes } from './writes.ts'

/** All that inspection found, as the model needs it. */
export interface PythonFindings {
  project: Project
  manifests: Manifests
  manager: PackageManager
  dependencies: Dependencies
  row: FrameworkRow
  launch: Launch
  django: Django | null
  facts: Facts
  warnings: Warning[]
  variables: Variable[]
  listening: Listening
  writes: Writes
  /** Files with settings that each person has their own of: no image has them. */
  kept: string[]
  native: NativeNeeds | null
  migration: FoundMigration | null
  /** Where the database is a file beside the code: what development does before it starts the app. */
  migratesAtStart: Argv | null
  processes: Process[]
  test: { command: Argv } | null
  secrets: BuildSecret[]
  plan: InstallPlan
  /** The project itself must be installed: its metadata is read, or its own program is started. */
  installsProject: boolean
  /** Nothing installs it, and pkg_resources is imported. */
  addsSetuptools: boolean
  answers: Answers
  has(name: string): boolean
}
