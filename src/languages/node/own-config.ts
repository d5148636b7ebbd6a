import { posix } from 'node:path'
import { isOwnText } from '../../env/own.ts'
import { oneLine } from '../../escape.ts'
import type { Warning } from '../../facts.ts'
import { gitIgnores } from '../../ignore.ts'
import type { Project } from '../../project.ts'
import { lineOf, readJavaScript } from '../../source/javascript.ts'
import { JS_EXTENSIONS } from './listen.ts'
import { WORKDIR } from './payload.ts'

/** `config.example.json`, `config.json.example`, `config.sample.yml`, `ormconfig.json.dist`: a sample of the file that people make. */
const SAMPLE_RE = /^(.*?\w)\.(?:example|sample|dist|template)((?:\.\w+)?)$/
const DATA_RE = /\.(?:json5?|ya?ml|toml|ini|conf|properties)$/
/** Read by a library, by its name. */
const BY_NAME = ['ormconfig.json', 'ormconfig.yml']

export interface OwnConfig {
  path: string
  warning: Warning
}

/** Files that the code reads and each person has their own of: Git has a sample alone. */
export function ownConfigs(project: Project): OwnConfig[] {
  const pairs = project.files().flatMap((sample) => {
    const [, stem, ending = ''] = SAMPLE_RE.exec(sample) ?? []
    const path = stem ? stem + ending : ''
    return DATA_RE.test(path) || /\.[cm]?[jt]s$/.test(path) ? [{ path, sample }] : []
  })
  if (pairs.length === 0) return []
  const sources = project.sources(JS_EXTENSIONS)
  return pairs.flatMap(({ path, sample }): OwnConfig[] => {
    if (project.has(path) && !gitIgnores(project, path)) return []
    const reader = BY_NAME.includes(path) ? { file: sample, line: 1 } : readerOf(project, sources, path)
    if (!reader) return []
    const [name, shown] = [oneLine(path), oneLine(sample)]
    return [
      {
        path,
        warning: {
          rule: 'PD030',
          message: DATA_RE.test(path)
            ? `The code reads ${name}, of which Git has ${shown} alone: it stays out of the image, since it may hold secrets. Mount yours where it runs: volumes: ["./${name}:${WORKDIR}/${name}:ro"].`
            : `The code imports ${name}, of which Git has ${shown} alone: a build of a fresh clone fails, and one of yours may carry secrets. Commit it, with secrets read from the environment.`,
          ...reader,
        },
      },
    ]
  })
}

export const isData = ({ path }: OwnConfig): boolean => DATA_RE.test(path)

/** Where a string of the code leads to the file: from that file, or from the root. */
function readerOf(
  project: Project,
  sources: readonly string[],
  path: string,
): { file: string; line: number } | undefined {
  const name = posix.basename(path).replace(/\.[cm]?[jt]s$/, '')
  for (const file of sources) {
    const text = project.source(file)
    if (!text?.includes(name) || isOwnText(text)) continue
    const { code } = readJavaScript(text)
    for (const match of code.matchAll(/(['"`])([^'"`\n]*)\1/g)) {
      const said = match[2] as string
      if (!said.includes(name)) continue
      const stem = DATA_RE.test(path) ? path : path.replace(/\.[cm]?[jt]s$/, '')
      const plain = DATA_RE.test(path) ? said : said.replace(/\.[cm]?[jt]s$/, '')
      const leads =
        posix.join(posix.dirname(file), plain) === stem ||
        // From the root, joined to it: what stands before it is not looked at.
        (DATA_RE.test(path) &&
          !/(?:\brequire|\bimport|\bfrom)\s*\(?\s*$/.test(
            code.slice(Math.max(0, match.index - 20), match.index),
          ) &&
          posix.normalize(plain.replace(/^\//, '')) === path)
      if (leads) return { file, line: lineOf(code, match.index) }
    }
  }
  return undefined
}
