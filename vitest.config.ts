import { defineConfig } from 'vitest/config'

const exclude = ['test/fixtures/**', 'node_modules/**']
/** They share one engine, where a build without cache changes what another one finds in the cache. */
const engine = ['test/engine/**/*.test.ts', 'test/cli/verify.test.ts']

export default defineConfig({
  test: {
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...engine],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: engine,
          exclude,
          // One after the other, and after all the rest.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
