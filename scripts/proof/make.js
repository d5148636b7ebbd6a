// Makes the apps of the rows, in a folder that is not kept.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { execa } from 'execa'
import { TOOLS } from './apps.js'

const MINUTES = 60_000
const QUIET = {
  CI: '1',
  DO_NOT_TRACK: '1',
  NO_COLOR: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  NG_CLI_ANALYTICS: 'false',
  npm_config_yes: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_update_notifier: 'false',
}

/** A step of a row in words: `npm init --yes`. A non-breaking space is a space within a word. */
export const words = (command) => command.split(' ').map((word) => word.replaceAll('\u00a0', ' '))

/** The line that says why: the last that speaks of an error, or the last at all. */
export function reasonOf(output) {
  // Colours and cursor movements: scaffolders draw, also where nobody looks.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what escapes are
  const lines = output.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '').split(/[\r\n]+/)
  const said = lines
    .map((line) => line.trim())
    .filter((line) => /\w/.test(line) && !/complete log of/.test(line))
  return said.findLast((line) => /error|fail|unable/i.test(line)) ?? said.at(-1) ?? 'it said nothing'
}

/** Node.js, package managers and uv of one version each, first in PATH. */
export async function installTools(folder) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const run = (program, args) => execa(program, args, { cwd: folder, env: QUIET, timeout: 10 * MINUTES })
  await run('npm', ['install', ...TOOLS.npm])
  const python = process.platform === 'win32' ? 'python' : 'python3'
  await run(python, ['-m', 'pip', 'install', '--quiet', '--target', join(folder, 'python'), ...TOOLS.pip])
  return [join(folder, 'node_modules', '.bin'), join(folder, 'python', 'bin')].join(delimiter)
}

/** What a scaffolder or a build runs with: no questions, and the tools of this proof first. */
const environment = (path) => ({ ...QUIET, PATH: `${path}${delimiter}${process.env.PATH}` })

/** Whether the app builds where no container is: undefined where it has no such step, or has it as none of its scripts. */
export async function buildsByItself(app, build, path) {
  if (!/^(npm|pnpm|yarn|bun) run \S+$/.test(build ?? '')) return undefined
  const [program, ...args] = words(build)
  const env = environment(path)
  const done = await execa(program, args, { cwd: app, env, reject: false, all: true, timeout: 10 * MINUTES })
  return { ok: !done.failed, reason: reasonOf(done.all ?? '') }
}

/** Leaves the app in `<folder>/app`. Returns `{ error }` where the scaffolder, or what it needs, is not to be had. */
export async function make({ make: first = [], inside = [], files = {}, needs }, folder, path) {
  const app = join(folder, 'app')
  const env = environment(path)
  const step = async (entry, cwd) => {
    const { run, into, input } = typeof entry === 'string' ? { run: entry } : entry
    const [program, ...args] = words(run)
    const done = await execa(program, args, {
      cwd,
      env,
      all: true,
      reject: false,
      ...(input ? { input } : { stdin: 'ignore' }),
      timeout: 10 * MINUTES,
    })
    if (into) writeFileSync(join(cwd, into), `${done.stdout}\n`)
    if (!done.failed) return
    throw new Error(
      `${needs ? `needs ${needs}, ` : ''}"${run.replaceAll('\u00a0', ' ')}" ended with ${done.exitCode ?? 'a time-out'}: ${reasonOf(done.all ?? '')}`,
    )
  }
  try {
    for (const entry of first) await step(entry, folder)
    if (first.length > 0 && !existsSync(app))
      throw new Error(`${needs ? `needs ${needs}, ` : ''}"${first[0]}" made nothing`)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(app, file)), { recursive: true })
      writeFileSync(join(app, file), text)
    }
    mkdirSync(app, { recursive: true })
    for (const entry of inside) await step(entry, app)
    // A registry that lacks the binaries of other platforms makes npm write a lockfile that it refuses itself.
    if (existsSync(join(app, 'package-lock.json'))) await step('npm ci --dry-run --ignore-scripts', app)
    return {}
  } catch (error) {
    return { error: error.message }
  }
}
