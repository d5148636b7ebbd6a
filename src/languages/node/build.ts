import type { Fact, Warning } from '../../facts.ts'
import { fact } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { parseShell, shellLine } from '../../shell.ts'
import type { NodeStart } from './commands.ts'
import type { FrameworkRow } from './frameworks.ts'
import { importsOf, resolveSpecifier } from './imports.ts'
import type { Manifest } from './manifest.ts'
import { type PackageManager, runsHooks } from './package-manager.ts'
import { compilerOutput, outputFolder } from './payload.ts'
import { MANAGER_RE, makesFiles, plainCommand } from './start.ts'

/** Scripts that a project keeps for its image, where they do not build the image themselves. */
const FOR_IMAGES = ['build:docker', 'build-docker', 'docker:build']
/** What makes the pages that a server hands out, and beside one of these the server itself. */
const PAGES = ['build:frontend', 'build:client', 'build:web']
const SERVERS = ['build:server', 'build:backend']
/** A step that asks a database: there is none while an image is built. */
const DATABASE_RE =
  /\b(?:prisma (?:migrate|db (?:push|seed))|drizzle-kit (?:migrate|push)|knex (?:\S+ )*migrate|sequelize(?:-cli)? db:|typeorm\S* (?:\S+ )*migration:run|mikro-orm\S* migration:|node-pg-migrate|migrate-mongo up)\b/

/** The build command, where there is anything to build. */
export function findBuild(
  manifest: Manifest,
  row: FrameworkRow,
  manager: PackageManager,
  project: Project,
  start: NodeStart | undefined,
  warnings: Warning[],
): Fact<string> | undefined {
  const usable = (name: string) => manifest.scripts[name] && !asksEngine(manifest.scripts[name])
  const name = FOR_IMAGES.find(usable) ?? 'build'
  const { run } = manager.row
  const script = manifest.scripts[name]
  const source = `package.json#scripts.${name}`
  const steps = script ? withoutDatabase(name, manifest, manager, warnings) : undefined
  const line = steps ?? shellLine(run(name, []))
  const prepare = (start?.command.prepare ?? [])
    .map((words) => shellLine(words.length === 1 ? run(words[0] as string, []) : words))
    .filter((line) => !script?.includes(line))
  if (prepare.length > 0)
    return fact(
      [...(script ? [line] : []), ...prepare].join(' && '),
      `${script ? `${source}, ` : ''}${start?.command.source}`,
    )
  if (script)
    return name === 'build' && !row.payload && !row.site && startsFromSource(project, script, start)
      ? undefined
      : fact(line, source)
  const hook = `pre${start?.command.source.replace('package.json#scripts.', '')}`
  const before = manifest.scripts[hook]
  if (before && makesFiles({ name: hook, line: before }))
    return fact(shellLine(run(hook, [])), `package.json#scripts.${hook}`)
  const pages = PAGES.find(usable)
  if (pages) {
    const names = [pages, ...SERVERS.filter(usable).slice(0, 1)]
    return fact(
      names.map((name) => shellLine(run(name, []))).join(' && '),
      names.map((name) => `package.json#scripts.${name}`).join(', '),
      'likely',
    )
  }
  if (row.site || row.payload)
    return fact(
      shellLine(['npm', 'exec', '--', ...(row.build ?? ['vite', 'build'])]),
      `default for ${row.title}`,
      'guess',
    )
  // A compiler and a place for its output, and nothing that says how to run it.
  if (
    ('typescript' in manifest.devDependencies || 'typescript' in manifest.dependencies) &&
    compilerOutput(project) &&
    Object.values(manifest.scripts).some((line) => line.includes(`${compilerOutput(project)}/`))
  )
    return fact('npm exec -- tsc', 'tsconfig.json', 'likely')
  return undefined
}

/** The build compiles, and the start takes the source: nothing that it loads names what the compiler made. */
function startsFromSource(project: Project, script: string, start: NodeStart | undefined): boolean {
  const entry = start?.command.entry
  const output = compilerOutput(project)
  if (!entry || !output || outputFolder(project, entry)) return false
  const file = resolveSpecifier(project, `./${entry}`, '', project.files())
  if (!file || !parseShell(script)?.every(({ argv }) => argv[0] === 'tsc')) return false
  const names = [`${output}/`, `/${output}`, `'${output}'`, `"${output}"`]
  const { files } = importsOf(project, [file], MOST_FILES)
  return (
    files.size < MOST_FILES &&
    [...files].every((path) => !names.some((name) => project.source(path)?.includes(name)))
  )
}
/** Of a larger app not all is looked at: it is built. */
const MOST_FILES = 500

const ENGINES = ['docker', 'docker-compose', 'podman', 'podman-compose', 'nerdctl', 'buildah']

/** Builds or starts images itself. */
function asksEngine(line: string): boolean {
  const commands = parseShell(line)
  return commands
    ? commands.some(({ argv }) => ENGINES.includes(argv[0] ?? ''))
    : ENGINES.some((name) => line.includes(`${name} `))
}

/** The build script's steps, and its hooks', without those that ask a database; undefined where none does, or where they can't be told apart. */
function withoutDatabase(
  script: string,
  manifest: Manifest,
  manager: PackageManager,
  warnings: Warning[],
): string | undefined {
  const { run } = manager.row
  const scripts = (runsHooks(manager) ? [`pre${script}`, script, `post${script}`] : [script]).flatMap(
    (name) => {
      const line = manifest.scripts[name]
      return line ? [{ name, line, asks: asksDatabase(line, manifest) }] : []
    },
  )
  const asking = scripts.filter((one) => one.asks)
  if (asking.length === 0) return undefined
  // A hook goes with the script that it belongs to; by its own name it runs alone.
  const apart = scripts.map(({ name, line, asks }) =>
    asks || name === script ? stepsOf(line, manifest) : [[name]],
  )
  const steps = apart.every((one) => one !== undefined) ? apart.flat() : undefined
  const source = asking.map(({ name }) => `package.json#scripts.${name}`).join(' and ')
  const lineOf = (step: string[]) => (step.length === 1 && manifest.scripts[step[0] ?? '']) || step.join(' ')
  const asks = (step: string[]) => asksDatabase(lineOf(step), manifest)
  const kept = steps?.filter((step) => !asks(step))
  const lines = kept?.map((words) =>
    shellLine(
      words.length === 1 && words[0] !== undefined && words[0] in manifest.scripts
        ? run(words[0], [])
        : MANAGER_RE.test(words[0] ?? '')
          ? words
          : (plainCommand(words, manifest) ?? words),
    ),
  )
  const line =
    lines && lines.length > 0 && lines.length < (steps?.length ?? 0) ? lines.join(' && ') : undefined
  const gone = steps?.filter(asks).map((step) => `"${step.join(' ')}"`)
  warnings.push({
    rule: 'PD021',
    message: line
      ? `${source} ${asking.length > 1 ? 'run' : 'runs'} ${gone?.join(' and ')}: there is no database while an image is built. The image is built by "${line}" alone; migrations are a step of their own.`
      : `${source} ${asking.length > 1 ? 'ask' : 'asks'} a database, and there is none while an image is built. Take that step out of it, or pass --build.`,
    file: 'package.json',
  })
  return line
}

/** `a && b`, `run-s a b`: one step after the other. */
function stepsOf(script: string, manifest: Manifest): string[][] | undefined {
  const commands = parseShell(script)
  const first = commands?.[0]
  if (!commands || !first) return undefined
  if (commands.some(({ joiner, env }) => (joiner !== '&&' && joiner !== '') || Object.keys(env).length > 0))
    return undefined
  const [program = '', ...words] = first.argv
  if (commands.length > 1 || !/^(run-s|npm-run-all2?)$/.test(program)) return commands.map(({ argv }) => argv)
  return words.every((word) => word in manifest.scripts) ? words.map((word) => [word]) : undefined
}

/** Whether a line, or a script that it runs, asks a database. */
export function asksDatabase(line: string, manifest: Manifest, depth = 0): boolean {
  if (DATABASE_RE.test(line)) return true
  if (depth > 3) return false
  const lists = /^(?:run-[sp]|npm-run-all2?)\s/.test(line) ? line.split(/\s+/).slice(1) : []
  const runs = [...line.matchAll(/\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?([\w:.-]+)/g)].map(
    ([, name = '']) => name,
  )
  return [...lists, ...runs].some((name) => {
    const inner = manifest.scripts[name]
    return inner !== undefined && inner !== line && asksDatabase(inner, manifest, depth + 1)
  })
}
