import type { Step } from '../types.ts'
import { boot } from './boot.ts'
import { coldBuild, rebuild } from './build.ts'
import { checks } from './checks.ts'
import { compose } from './compose.ts'
import { edit } from './edit.ts'
import { filesStep } from './files.ts'
import { health } from './health.ts'
import { leanStep } from './lean.ts'
import { logs } from './logs.ts'
import { memory } from './memory.ts'
import { runtime } from './runtime.ts'
import { secretsStep } from './secrets.ts'
import { sizeStep } from './size.ts'
import { drain, stop } from './stop.ts'

/** The proof, in this order. To add a step is to add a row. */
export const STEPS: readonly Step[] = [
  checks,
  compose,
  coldBuild,
  rebuild,
  sizeStep,
  leanStep,
  secretsStep,
  filesStep,
  boot,
  runtime,
  health,
  memory,
  logs,
  stop,
  drain,
  edit,
]
