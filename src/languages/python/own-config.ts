import { posix } from 'node:path'
import { isOwnText } from '../../env/own.ts'
import type { Project } from '../../project.ts'
import { type OwnConfig, ownConfigs } from '../own-config.ts'
import { filesWith, firstMatches } from './code.ts'
import { WORKDIR } from './install-commands.ts'

const STRING_RE = /(['"])([^'"\n]+)\1/g

/** What leads to such a file is put together (`folder / "config.yml"`): the end of its path in a string is enough. */
export const pythonOwnConfigs = (project: Project): OwnConfig[] =>
  ownConfigs(project, {
    workdir: WORKDIR,
    readerOf: (path) => {
      for (const file of filesWith(project, [posix.basename(path)])) {
        if (/(?:^|\/)tests?\//.test(file.path) || isOwnText(project.source(file.path) ?? '')) continue
        for (const match of firstMatches(file.code, STRING_RE))
          if (`/${path}`.endsWith(`/${posix.normalize(match[2] as string).replace(/^\//, '')}`))
            return { file: file.path, line: file.line(match.index) }
      }
      return undefined
    },
  })
