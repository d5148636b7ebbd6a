import type { Read } from './reads.ts'

/** Configuration of tools that the production image does not hold: what they read is no concern of the app. */
export const TOOLING_RE =
  /(?<![^/])(?:(?:vitest(?:\.\w+)?|jest|playwright|cypress|eslint|prettier|stylelint|commitlint|webpack|rollup|rspack|rsbuild|tsup|tsdown|esbuild|babel|postcss|tailwind|karma|wdio|codegen|orval|knip|lint-staged|(?:semantic-)?release|changelog|metro|lage|checkly)\.(?:config|setup|workspace)\.[cm]?[jt]s|gulpfile\.[cm]?[jt]s|Gruntfile\.[cm]?js|\.\w+rc\.[cm]?js|(?:vitest|jest)[.-]?\w*\.[cm]?[jt]s|(?:noxfile|setup|fabfile|docs\/conf)\.py)$/
/** Read while building, or by hand: the app starts without them, so they are never required. */
const BUILD_TIME_RE =
  /(?:^|\/)(?:next|nuxt|vite|svelte|astro|remix|react-router|app|angular)\.config\.[cm]?[jt]s$/
const BY_HAND_RE =
  /^(?:[^/]+\/)*(?:scripts?|tools?|seeds?|seeders?)\/|(?:^|\/)seed\.[cm]?[jt]s$|(?:^|\/)scripts?\.py$/

/** Settings of a developer's machine: what they take for granted says nothing of production. */
const DEVELOPMENT_RE =
  /(?:^|\/)settings\/(?:local|dev|develop|development|debug|ci)\.py$|(?:^|[/.])(?:development|dev|local)\.(?:[cm]?[jt]s|py)$/

/** Reads in files that run beside the app are never required of it. */
export function relax(path: string, reads: Read[]): Read[] {
  if (DEVELOPMENT_RE.test(path)) {
    return reads.map(({ default: _dropped, ...read }) => ({ ...read, use: 'optional' }))
  }
  if (!BUILD_TIME_RE.test(path) && !BY_HAND_RE.test(path)) return reads
  return reads.map((read) =>
    read.use === 'plain' || read.use === 'guard' ? { ...read, use: 'optional' } : read,
  )
}
