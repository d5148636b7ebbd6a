import type { Project } from '../../project.ts'
import { filesWith, firstMatches, type SourceFile } from './code.ts'

/** Programs that apps run, by the package of Debian 13 that has them. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  convert: 'imagemagick',
  curl: 'curl',
  exiftool: 'libimage-exiftool-perl',
  ffmpeg: 'ffmpeg',
  ffprobe: 'ffmpeg',
  git: 'git',
  gs: 'ghostscript',
  magick: 'imagemagick',
  mysqldump: 'default-mysql-client',
  pandoc: 'pandoc',
  pdftoppm: 'poppler-utils',
  pdftotext: 'poppler-utils',
  pg_dump: 'postgresql-client',
  pg_restore: 'postgresql-client',
  psql: 'postgresql-client',
  tesseract: 'tesseract-ocr',
  unzip: 'unzip',
  wget: 'wget',
}

/** Git is for what it brings: with the rest code asks for its own repository, which the image is not. */
const BRINGS = new Set(['clone', 'ls-remote', '--version'])

const CALLS = [
  'subprocess\\.(?:run|call|check_call|check_output|Popen)',
  'Popen',
  'check_output',
  'check_call',
  '(?:asyncio\\.)?create_subprocess_(?:exec|shell)',
  'os\\.(?:system|popen)',
]
const WORDS = ['subprocess', 'os.system', 'os.popen']
/** `def run(*args):` that hands them on. */
const WRAPPER_RE =
  /\bdef\s+(\w+)\(\s*(?:self\s*,\s*)?\*?(\w+)[^)]*\)(?:(?!\bdef\s)[\s\S]){0,2000}?(?:subprocess(?:\.\w+|_exec|_shell)|\bPopen)\(\s*\[?\s*\*?\2\b/g

export interface Programs {
  names: string[]
  packages: string[]
  source: string
}

/** Programs that the code starts by a literal name; null where it starts none of those. */
export function findPrograms(project: Project): Programs | null {
  const files = filesWith(project, WORDS).filter(
    ({ path }) => !/(?:^|\/)(?:scripts?|tools?|docs)\//.test(path),
  )
  const wrappers = files.flatMap(({ code }) =>
    [...firstMatches(code, WRAPPER_RE)].map((match) => match[1] as string),
  )
  const all = wrappers.length > 0 ? new Set([...files, ...filesWith(project, wrappers)]) : files
  const call = new RegExp(
    `(?<![\\w.]|def )(?:${[...CALLS, ...wrappers.map((name) => `(?:\\w+\\.)?${name}`)].join('|')})\\(\\s*[[(]?\\s*[fr]?(['"])([\\w-]+)(?:\\1\\s*,\\s*['"]|\\s+)?([\\w-]*)`,
    'g',
  )
  const found = new Map<string, string>()
  for (const file of all) programsOf(file, call, found)
  const [first] = found.values()
  return first === undefined
    ? null
    : {
        names: [...found.keys()],
        packages: [...new Set([...found.keys()].map((name) => PROGRAMS[name] as string))],
        source: first,
      }
}

/** Calls, and lists that start with a program and go on with an option. */
function programsOf(file: SourceFile, call: RegExp, found: Map<string, string>): void {
  const lists = /=\s*\[\s*(['"])([\w-]+)\1\s*,\s*['"](-[\w-]*|clone)['"]/g
  for (const pattern of [call, lists])
    for (const match of firstMatches(file.code, pattern)) {
      const [name = '', next = ''] = match.slice(2)
      if (!Object.hasOwn(PROGRAMS, name) || (name === 'git' && !BRINGS.has(next))) continue
      if (!found.has(name)) found.set(name, `${file.path}:${file.line(match.index)}`)
    }
}
