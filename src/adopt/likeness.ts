import { readDockerfile } from '../dockerfile-reader/read.ts'
import type { FileKind } from '../merge/types.ts'
import { likeness } from '../plan/renames.ts'

/** From here on a file is near enough to ours that changes of ours can be merged into it. */
export const ADOPTED_FROM = 0.5

/**
 * How much two files have in common, from 0 to 1. A Dockerfile is its instructions: each counts once, however many lines
 * it has, and comments and the versions in FROM count nothing, or a short file with our comments would be called ours.
 */
export function similarity(kind: FileKind, yours: string, ours: string): number {
  if (kind !== 'dockerfile') return likeness(bare(yours), bare(ours))
  const plain = (text: string) =>
    readDockerfile(text)
      .instructions.map(({ keyword, text, heredocs }) => {
        const words = text.trim().split(/\s+/).slice(1).join(' ')
        const line = keyword === 'FROM' ? words.replace(/[:@]\S+/, '') : words
        return JSON.stringify([keyword, line, ...heredocs.map((one) => one.text)])
      })
      .join('\n')
  return likeness(plain(yours), plain(ours))
}

const bare = (text: string) => text.replace(/^[ \t]*#.*$/gm, '')
