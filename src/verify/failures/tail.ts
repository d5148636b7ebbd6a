import { plainLines, readFailed } from './output.ts'

/** Says nothing of why: stack frames of runtimes and package managers, progress, drawings. */
const NOISE: readonly RegExp[] = [
  /^\s*$/,
  /^\s*at .*(?:node:|node_modules|<anonymous>)/,
  /^(?:Get|Hit|Ign):\d+ |^(?:Selecting|Preparing|Unpacking|Setting up|Processing triggers)\b/,
  /^(?:npm (?:error|warn|notice)|ERR!)?\s*(?:A complete log of this run|Unknown env config|New \w+ version of)/,
  /^npm (?:warn|notice)\b/,
  /^\s*(?:note: This (?:error originates|is an issue with)|\[(?:end of output|notice)\]?|hint: See above)/,
  /^\s*(?:[~^│|╰╭─]+|\|\s*[~^]+)\s*$/,
  /^#\d+ (?:sha256:|transferring|extracting|CACHED|DONE|resolve )/,
  /^Dockerfile\S*:\d+$|^View build details/,
]

/** The last meaningful lines of what a build, compose or the app printed: what a person looks at first. */
export function failureTail(output: string, limit = 20): string[] {
  const { own, said } = readFailed(output)
  const lines = [...own, ...said]
  const telling = lines.filter((line) => !NOISE.some((noise) => noise.test(line)))
  const chosen = telling.length > 0 ? telling : plainLines(output).filter((line) => line.trim() !== '')
  return chosen.slice(-limit)
}
