import { afterAll, describe, expect, it } from 'vitest'
import { configFiles, configValue } from '../../src/languages/node/conditions.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const read = (code: string, key: string, nested?: true) =>
  configValue(projectOf({ 'x.config.ts': code }), {
    files: configFiles('x'),
    key,
    ...(nested && { nested }),
  })?.value

describe('a setting of a config file', () => {
  it.each<[string, string, string | boolean | undefined]>([
    ['export default defineNuxtConfig({ ssr: false })', 'ssr', false],
    ['export default defineNuxtConfig({\n  unlazy: {\n    ssr: false,\n  },\n})', 'ssr', undefined],
    ['export default defineNuxtConfig({\n  unlazy: { ssr: false },\n  ssr: true,\n})', 'ssr', true],
    ['const nextConfig: NextConfig = {\n  images: { a: 1 },\n  output: "export",\n}', 'output', 'export'],
    ['module.exports = () => ({ output: "standalone" })', 'output', 'standalone'],
    [
      'export default defineConfig((phase: string) => {\n  return { output: "export" }\n})',
      'output',
      'export',
    ],
    ['export default {\n  ...(process.env.CI ? { output: "standalone" } : {}),\n}', 'output', 'standalone'],
    ['export default {\n  webpack: (config) => {\n    return { output: "x" }\n  },\n}', 'output', undefined],
    ['export default { plugins: [spa({ output: "x" })] }', 'output', undefined],
    ['export default { build: { rollup: { a: 1 }, outDir: "site" } }', 'build.outDir', 'site'],
    ['const base = "/x/"\nexport default defineConfig({ base, a: 1 })', 'base', '/x/'],
    ['const BASE: string = "/x/"\nexport default { base: BASE }', 'base', '/x/'],
    ['export default defineConfig(({ mode, base }) => ({ a: mode }))', 'base', undefined],
    ['export default { base: BASE }', 'base', undefined],
  ])('%s: %s is %s', (code, key, value) => expect(read(code, key)).toBe(value))

  it('is found below another key where it is an option of a plugin', () =>
    expect(read('export default { plugins: [remix({ ssr: false })] }', 'ssr', true)).toBe(false))
})
