import type { Answers } from '../../answers.ts'
import { envContext } from '../../env/context.ts'
import type { nodeEnvFile } from '../../env/node.ts'
import { nodeReader } from '../../env/node-reader.ts'
import type { NodeFindings } from './findings.ts'

type Input = Parameters<typeof nodeEnvFile>[0] & { envExample: string | undefined }

/** What the environment check is written in: the project's own language, module system and library. */
export function envInput({ project, manifest, variables, row }: NodeFindings, answers: Answers): Input {
  const all = { ...manifest.dependencies, ...manifest.devDependencies }
  // swc, esbuild and Node.js itself compile TypeScript without its package.
  const typescript =
    'typescript' in all ||
    project.has('tsconfig.json') ||
    project.sources(['.ts', '.mts', '.cts']).some((file) => !/\.(config|d)\.[cm]?ts$/.test(file))
  const zod = manifest.dependencies['zod']
  const found = zod
    ? /^\D*3(\.|$)/.test(zod)
      ? 'zod3'
      : 'zod'
    : 'valibot' in manifest.dependencies
      ? 'valibot'
      : 'envalid' in manifest.dependencies
        ? 'envalid'
        : 'none'
  const options = (project.json('tsconfig.json', { comments: true })?.['compilerOptions'] ?? {}) as Record<
    string,
    unknown
  >
  return {
    variables,
    typescript,
    module:
      manifest.type === 'module' ||
      (typescript && !/^(commonjs|node16|nodenext)$/i.test(String(options['module'] ?? 'esnext'))) ||
      (typescript && row.kind !== 'worker')
        ? 'esm'
        : 'cjs',
    library: (answers.envLib as Input['library'] | undefined) ?? found,
    directory: project.hasFolder('src') ? 'src' : '',
    importExtensions: options['allowImportingTsExtensions'] === true,
    framework: row.id,
    ...envContext(project, nodeReader),
  }
}
