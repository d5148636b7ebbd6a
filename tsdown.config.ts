import { defineConfig } from 'tsdown'

// Everything is inlined: the published package has no dependency, and one tarball is all that npx fetches.
export default defineConfig({
  entry: { cli: 'src/cli.ts' },
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  dts: false,
  clean: true,
  failOnWarn: true,
  fixedExtension: false,
  // Comments and white space go, names stay: half the time to parse, and a stack trace still says which function.
  minify: { compress: true, mangle: { keepNames: true }, codegen: { removeWhitespace: true } },
})
