import { oneLine } from '../escape.ts'
import type { AppModel, BuildSecret, Variable } from '../model.ts'
import { shellLine } from '../shell.ts'
import { composeWords } from './paths.ts'
import type { ArtefactInput } from './types.ts'

type Input = Pick<ArtefactInput, 'app' | 'paths' | 'lacks'>

/** `docker build` of the image that ships, in groups of words that belong together: a page gives each a line. */
export function buildWords({ app, paths: { dockerfile = 'Dockerfile' } }: Input): string[][] {
  return [
    ['docker', 'build'],
    ...(dockerfile === 'Dockerfile' ? [] : [['--file', dockerfile]]),
    ...buildSettings(app).map(({ name }) => ['--build-arg', name]),
    ...app.buildSecrets.map((secret) => ['--secret', secretOption(secret)]),
    ['--tag', app.name, '.'],
  ]
}

/** What a build is told by arguments. */
export const buildSettings = ({ publicVars, buildVars = [] }: AppModel): Variable[] => [
  ...publicVars,
  ...buildVars,
]

/** A build secret as `--secret` takes it. */
export const secretOption = ({ id, env, file }: BuildSecret): string =>
  env ? `id=${id},env=${env}` : `id=${id},src=${file ?? id}`

/** Everything that the compose file has; Compose refuses to watch where no service says what. */
export function upWords({ paths, lacks = [] }: Input): string[] {
  return [...composeWords(paths), 'up', '--build', ...(lacks.includes('compose watch') ? [] : ['--watch'])]
}

/** Words as a line that a shell reads back as these. */
export const commandLine = (words: readonly string[]): string => shellLine(words.map(oneLine))
