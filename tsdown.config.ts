import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'tsdown'
import { templateBody } from './src/template-body.ts'

/** Puts the bodies of all templates in place of src/templates.ts, which reads and compiles them one by one. */
const compiledTemplates = {
  name: 'compiled-templates',
  load(id: string): string | undefined {
    if (!id.replaceAll('\\', '/').endsWith('/src/templates.ts')) return undefined
    const folder = new URL('templates/', import.meta.url)
    const bodies: Record<string, string> = {}
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      const name = path.replaceAll('\\', '/')
      if (!name.endsWith('.ejs')) continue
      bodies[name] = templateBody(readFileSync(new URL(name, folder), 'utf8'))
    }
    return `const BODIES = ${JSON.stringify(bodies)}
export function templateFunction(name) {
  return new Function('$n, $v, $t, include', BODIES[name])
}`
  },
}

/** Leaves out a part of js-yaml: the lines around an error, which it prints below the one line that is said here. */
const withoutSnippet = {
  name: 'without-snippet',
  load: (id: string) => (id === jsYaml('snippet') ? 'module.exports = () => null' : undefined),
}

/** Leaves out how execa would print what it runs, which nobody asks it to, and its descriptions of signals. */
const SILENT: Record<string, string> = {
  figures: 'export default {}',
  'human-signals':
    'export const signalsByName = new Proxy({}, { get: (_, description) => ({ description }) })',
  'pretty-ms': 'export default String',
  yoctocolors: 'export const [bold, gray, redBright, yellowBright] = [String, String, String, String]',
}
const withoutVerbose = {
  name: 'without-verbose',
  load: (id: string) => SILENT[/node_modules[\\/]([\w-]+)[\\/](?!.*node_modules)/.exec(id)?.[1] ?? ''],
}

/** V8 reads code of ASCII alone in one go, and keeps it in half the memory: a tenth of the time to start. */
const asciiOnly = {
  name: 'ascii-only',
  generateBundle(_: unknown, bundle: Record<string, { type: string; code?: string }>) {
    const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
    for (const chunk of Object.values(bundle))
      if (chunk.code !== undefined) chunk.code = chunk.code.replace(/[\u0080-\uffff]/g, escaped)
  },
}

const jsYaml = (name: string) =>
  realpathSync(fileURLToPath(new URL(`node_modules/js-yaml/lib/${name}.js`, import.meta.url)))

// Everything is inlined: the published package has no dependency, and one tarball is all that npx fetches.
export default defineConfig({
  entry: { cli: 'src/cli.ts' },
  // CommonJS starts faster than ES modules do: nothing is resolved, linked or awaited twice.
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  dts: false,
  clean: true,
  failOnWarn: true,
  fixedExtension: false,
  // Half the time to parse; names stay, so that a stack trace still says which function.
  minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
  // No module is imported for what it does on its own, and no read of a property does anything: what nobody uses goes.
  treeshake: { moduleSideEffects: false, propertyReadSideEffects: false },
  // Its reader alone, of maps, lists and texts: nobody asks for a number or a date, and the whole would be five times the size.
  alias: { 'js-yaml': jsYaml('loader'), './schema/default': jsYaml('schema/failsafe') },
  outputOptions: {
    // Few files, since each costs a look-up: what --help needs, and what every run needs.
    advancedChunks: {
      groups: [
        { name: 'core', test: /[\\/]src[\\/](errors|flags|command-line|suggest|io|shell|answers)\.ts$/ },
        // Only where a file was edited and has news.
        { name: 'merge', test: /[\\/]src[\\/](merge|dockerfile-reader)[\\/]/ },
        {
          name: 'run',
          test: /[\\/]src[\\/](?!cli|verify|engine|ui[\\/]verify|commands[\\/]verify|read-yaml|adopt[\\/](?!around|find)|help|prompts|adopt[\\/](?!find|around)|merge|dockerfile-reader|plan[\\/]causes|templates|rules|languages[\\/](node|python)|commands[\\/](explain|undo)|write[\\/](?!unfinished)|ui[\\/](diff|conflict)|env[\\/](node|python|javascript))/,
        },
        // Only where somebody wrote a file of their own.
        { name: 'adopt', test: /[\\/]src[\\/](adopt[\\/](?!find|around)|rules[\\/]checks)/ },
        { name: 'write', test: /[\\/]src[\\/]write[\\/](?!unfinished)/ },
        // Only where a person's own files stand.
        { name: 'adopt', test: /[\\/]src[\\/](adopt|rules[\\/]checks)[\\/]/ },
        // One of the two, for most projects. Named, since else the proof would take along what it shares with them.
        { name: 'node', test: /[\\/]src[\\/](languages[\\/]node[\\/]|env[\\/](node|javascript))/ },
        { name: 'python', test: /[\\/]src[\\/](languages[\\/]python[\\/]|env[\\/]python)/ },
        // Only for the proof: what drives an engine and what a person sees of it.
        {
          name: 'verify',
          test: /[\\/]src[\\/](engine|verify|ui[\\/]verify)[\\/]|[\\/]src[\\/]commands[\\/]verify/,
        },
      ],
    },
  },
  plugins: [compiledTemplates, withoutSnippet, withoutVerbose, asciiOnly],
})
