import { oneLine } from '../escape.ts'
import { shellLine } from '../shell.ts'
import { composeWords } from './paths.ts'
import type { ArtefactInput } from './types.ts'

type Input = Pick<ArtefactInput, 'app' | 'paths' | 'lacks'>

/** `docker build` of the image that ships, in groups of words that belong together: a page gives each a line. */
export function buildWords({ app, paths: { dockerfile = 'Dockerfile' } }: Input): string[][] {
  return [
    ['docker', 'build'],
    ...(dockerfile === 'Dockerfile' ? [] : [['--file', dockerfile]]),
    ...[...app.publicVars, ...(app.buildVars ?? [])].map(({ name }) => ['--build-arg', name]),
    ...app.buildSecrets.map(({ id, env, file }) => [
      '--secret',
      env ? `id=${id},env=${env}` : `id=${id},src=${file ?? id}`,
    ]),
    ['--tag', app.name, '.'],
  ]
}

/** Everything that the compose file has; Compose refuses to watch where no service says what. */
export function upWords({ paths, lacks = [] }: Input): string[] {
  return [...composeWords(paths), 'up', '--build', ...(lacks.includes('compose watch') ? [] : ['--watch'])]
}

/** Words as a line that a shell reads back as these. */
export const commandLine = (words: readonly string[]): string => shellLine(words.map(oneLine))
