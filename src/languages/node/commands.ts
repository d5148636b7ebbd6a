import { type Answers, hintOf, sourceOf } from '../../answers.ts'
import type { Fact, Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { parseShell, shellLine } from '../../shell.ts'
import type { FrameworkRow } from './frameworks.ts'
import { type Manifest, runsOnBun } from './manifest.ts'
import { compiledFile, entryFile } from './payload.ts'
import { programOf, type StartCommand, shellEnv, type startFromScripts, takeApart } from './start.ts'

export interface NodeStart {
  command: StartCommand
  confidence: Fact<string>['confidence']
  /** The line that a shell must run, where it can't be taken apart. */
  shell?: string
}

/** The package that a program in node_modules/.bin is of, as far as its name tells: `strapi` of @strapi/strapi. */
function packageWith(path: string, { dependencies, devDependencies }: Manifest): string | undefined {
  const program = path.replace(/^node_modules\/\.bin\//, '')
  return program === path
    ? undefined
    : [...Object.keys(dependencies), ...Object.keys(devDependencies)].find(
        (name) => name === program || (name.startsWith('@') && name.endsWith(`/${program}`)),
      )
}

/** The start command: what the person said, what the framework decides, what scripts say, what the files suggest. */
export function findStart(
  project: Project,
  manifest: Manifest,
  row: FrameworkRow,
  answers: Answers,
  scripted: ReturnType<typeof startFromScripts>,
  warnings: Warning[],
): NodeStart | undefined {
  if (row.kind === 'static') return undefined
  if (answers.start !== undefined) {
    const source = sourceOf(answers, 'start')
    const taken = takeApart(answers.start, source, manifest)
    if ('argv' in taken) return { command: taken, confidence: 'certain' }
    const argv = parseShell(answers.start)
    return {
      command: {
        argv: argv?.[0]?.argv ?? ['sh'],
        env: shellEnv(answers.start, manifest),
        source,
        needs: [],
        before: [],
      },
      confidence: 'certain',
      shell: answers.start,
    }
  }
  const source = `default for ${row.title}`
  const taken = row.start && takeApart(shellLine(row.start), source, manifest)
  const own: NodeStart | undefined =
    taken && 'argv' in taken ? { command: taken, confidence: 'default' } : undefined
  const before = scripted && 'argv' in scripted ? scripted.before : []
  const wraps =
    row.modules &&
    row.ownServer === undefined &&
    scripted &&
    'argv' in scripted &&
    project.files().includes(scripted.entry ?? '')
  if (own && !row.scriptsFirst && !wraps) return { ...own, command: { ...own.command, before } }
  if (scripted && 'argv' in scripted && scripted.lost)
    warnings.push({
      rule: 'PD092',
      message: `package.json#scripts.${scripted.lost} runs before the app on your machine, and not in the image, which starts the app itself. If the app needs it, put it into "build".`,
      file: 'package.json',
    })
  if (scripted && 'argv' in scripted) return { command: scripted, confidence: 'certain' }
  if (own) return own
  if (scripted?.kind === 'shell') {
    const name = scripted.source.split('.').at(-1) as string
    const line = manifest.scripts[name] ?? ''
    const only = programOf(['npm', 'run', name], manifest)
    const pack = only && packageWith(only.argv[0] ?? '', manifest)
    // Words that are lines themselves are for a shell.
    if (only && pack && !only.argv.some((word) => /\s/.test(word)))
      return {
        command: { argv: only.argv, env: only.env, source: scripted.source, needs: [pack], before: [] },
        confidence: 'likely',
      }
    warnings.push({
      rule: 'PD092',
      message: `${scripted.source} needs a shell: signals reach the app through it, and it may swallow them. Write it as "node file.js" if it can be.`,
      file: 'package.json',
    })
    return {
      command: {
        argv: ['sh', '-c', line],
        env: shellEnv(line, manifest),
        source: scripted.source,
        needs: [],
        before: [],
      },
      confidence: 'likely',
      shell: line,
    }
  }
  const entry = entryFile(project, manifest)
  if (entry && !(manifest.published && !manifest.private && !('listen' in manifest)))
    return {
      command: {
        argv: ['node', entry.file],
        env: {},
        source: entry.source,
        needs: [],
        entry: entry.file,
        before: [],
      },
      confidence: 'likely',
    }
  const hint = hintOf(answers, 'start')
  const hinted = hint && takeApart(hint.value, hint.source, manifest)
  if (hinted && 'argv' in hinted) return { command: hinted, confidence: 'likely' }
  const file = project.first([
    'src/server.ts',
    'src/index.ts',
    'src/main.ts',
    'src/app.ts',
    'server.ts',
    'index.ts',
    'main.ts',
    'app.ts',
  ])
  if (file && !manifest.published) {
    if (project.has('bun.lock') || project.has('bun.lockb') || runsOnBun(manifest))
      return {
        command: { argv: ['bun', file], env: {}, source: file, needs: [], entry: file, before: [] },
        confidence: 'likely',
      }
    const entry = compiledFile(project, manifest, file)
    warnings.push({
      rule: 'PD092',
      message: `No script starts the app in production: "node ${entry}" is a guess. Add a "start" script, or pass --start.`,
      file: 'package.json',
    })
    return {
      command: { argv: ['node', entry], env: {}, source: file, needs: [], entry, before: [] },
      confidence: 'guess',
    }
  }
  return undefined
}
