import { oneLine } from '../escape.ts'
import type { Warning } from '../facts.ts'
import { gitIgnores, isPlainLine } from '../ignore.ts'
import type { Project } from '../project.ts'

/** `config.example.json`, `config.json.example`, `config.sample.yml`, `ormconfig.json.dist`: a sample of the file that people make. */
const SAMPLE_RE = /^(.*?\w)\.(?:example|sample|dist|template)((?:\.\w+)?)$/
const DATA_RE = /\.(?:json5?|ya?ml|toml|ini|conf|cfg|env|properties)$/

export interface OwnConfig {
  path: string
  warning: Warning
}

/** Where the code reads a file. */
export type ReaderOf = (path: string, sample: string) => { file: string; line: number } | undefined

/** Files that the code reads and each person has their own of: Git has a sample alone. */
export function ownConfigs(
  project: Project,
  { code, workdir, readerOf }: { code?: RegExp; workdir: string; readerOf: ReaderOf },
): OwnConfig[] {
  return project.files().flatMap((sample): OwnConfig[] => {
    const [, stem, ending = ''] = SAMPLE_RE.exec(sample) ?? []
    const path = stem ? stem + ending : ''
    if (!isDataFile(path) && !code?.test(path)) return []
    if (project.has(path) && !gitIgnores(project, path)) return []
    const reader = readerOf(path, sample)
    if (!reader) return []
    const [name, shown] = [oneLine(path), oneLine(sample)]
    return [
      {
        path,
        warning: {
          rule: 'PD030',
          message: isDataFile(path)
            ? `The code reads ${name}, of which Git has ${shown} alone: it stays out of the image, since it may hold secrets. Mount yours where it runs: volumes: ["./${name}:${workdir}/${name}:ro"].`
            : `The code imports ${name}, of which Git has ${shown} alone: a build of a fresh clone fails, and one of yours may carry secrets. Commit it, with secrets read from the environment.`,
          ...reader,
        },
      },
    ]
  })
}

/** `.env` itself is another matter: its variables come from the environment. */
export const isDataFile = (path: string): boolean => /(?:^|\/)[^./][^/]*$/.test(path) && DATA_RE.test(path)

/** What `.dockerignore` can name as it is. */
export const keptOut = (own: readonly OwnConfig[]): string[] =>
  own.map(({ path }) => path).filter((path) => isDataFile(path) && isPlainLine(path))
