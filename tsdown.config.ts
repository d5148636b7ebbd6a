import { defineConfig } from 'tsdown'

// Everything is inlined: the published package has no dependency, and one tarball is all that npx fetches.
export default defineConfig({
  entry: { cli: 'src/cli.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: false,
  clean: true,
  failOnWarn: true,
  fixedExtension: false,
  // Comments and white space go, names stay: half the time to parse, and a stack trace still says which function.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
})
