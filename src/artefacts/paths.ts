import type { ArtefactInput } from './types.ts'

type Paths = ArtefactInput['paths']

/** The names under which Compose finds a file without being told. */
export const FOUND_BY_COMPOSE = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']

/** Where the Dockerfile is, when it is not where Docker looks. A path that a shell or YAML might misread is nobody's plain renaming. */
export function dockerfilePath({ dockerfile = 'Dockerfile' }: Paths): string | undefined {
  return dockerfile !== 'Dockerfile' && isPlain(dockerfile) ? dockerfile : undefined
}

/** `docker compose`, told where its file is when it would not find it. */
export function composeWords({ compose = 'compose.yaml' }: Paths): string[] {
  return ['docker', 'compose', ...(FOUND_BY_COMPOSE.includes(compose) ? [] : ['-f', compose])]
}

/** The same for a line of a workflow. */
export function composeCommand({ compose = 'compose.yaml' }: Paths): string {
  return composeWords(isPlain(compose) ? { compose } : {}).join(' ')
}

const isPlain = (path: string) => /^[\w.@+/-]+$/.test(path) && !path.startsWith('-')
