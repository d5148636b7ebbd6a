import { isWithin, lineOfVersion } from './lines.ts'
import type { Manifest } from './manifest.ts'

/** Bundlers up to this line hash with MD4, which OpenSSL 3 (Node.js 17 and later) refuses; those that carry webpack 4 among them. */
const MD4: readonly (readonly [name: string, until: number])[] = [
  ['webpack', 5],
  ['react-scripts', 5],
  ['@vue/cli-service', 5],
  ['@angular-devkit/build-angular', 12],
  ['nuxt', 3],
  ['gatsby', 3],
  ['laravel-mix', 6],
]

/** What such a bundler needs where it runs, and which one it is. */
export function legacyHash({
  dependencies,
  devDependencies,
}: Manifest): { name: string; env: Record<string, string> } | undefined {
  const all = { ...dependencies, ...devDependencies }
  const row = MD4.find(
    ([name, until]) => lineOfVersion(all[name]) !== undefined && isWithin(all[name], { until }),
  )
  return row && { name: row[0], env: { NODE_OPTIONS: '--openssl-legacy-provider' } }
}
