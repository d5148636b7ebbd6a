import { posix } from 'node:path'
import { isOwnText } from '../../env/own.ts'
import type { Project } from '../../project.ts'
import { lineOf, readJavaScript } from '../../source/javascript.ts'
import { isDataFile, type OwnConfig, ownConfigs } from '../own-config.ts'
import { JS_EXTENSIONS } from './listen.ts'
import { WORKDIR } from './payload.ts'

/** Read by a library, by its name. */
const BY_NAME = ['ormconfig.json', 'ormconfig.yml']

export const nodeOwnConfigs = (project: Project): OwnConfig[] =>
  ownConfigs(project, {
    code: /\.[cm]?[jt]s$/,
    workdir: WORKDIR,
    readerOf: (path, sample) =>
      BY_NAME.includes(path)
        ? { file: sample, line: 1 }
        : readerOf(project, project.sources(JS_EXTENSIONS), path),
  })

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
      const stem = isDataFile(path) ? path : path.replace(/\.[cm]?[jt]s$/, '')
      const plain = isDataFile(path) ? said : said.replace(/\.[cm]?[jt]s$/, '')
      const leads =
        posix.join(posix.dirname(file), plain) === stem ||
        // From the root, joined to it: what stands before it is not looked at.
        (isDataFile(path) &&
          !/(?:\brequire|\bimport|\bfrom)\s*\(?\s*$/.test(
            code.slice(Math.max(0, match.index - 20), match.index),
          ) &&
          posix.normalize(plain.replace(/^\//, '')) === path)
      if (leads) return { file, line: lineOf(code, match.index) }
    }
  }
  return undefined
}
