import { bindMount, cacheMount, envBlock, runBlock, secretMount, stageMount } from '../../dockerfile.ts'
import { shellLine } from '../../escape.ts'
import { asksDatabase } from './build.ts'
import { envCheck } from './env-check.ts'
import type { NodeFindings } from './findings.ts'
import { generatorReads, generatorsOf, spoken } from './generators.ts'
import { legacyHash } from './openssl.ts'
import { isPlugAndPlay } from './package-manager.ts'
import { WORKDIR } from './payload.ts'

/** Scripts of the project itself that an install runs. */
const LIFECYCLE = ['preinstall', 'install', 'postinstall', 'prepare'] as const
/** …that have no business in an image: git hooks. */
const HOOK_RE =
  /^(?:(?:npx )?(?:husky|lefthook|simple-git-hooks|pre-commit|skip-ci|is-ci|(?:--?y(?:es)? )?only-allow)\b[^&|;]*|node \.husky\/\S+|node -e .*\bhusky\b.*|true|:|exit 0)$/
/** The commands of a line, with those of the scripts that it runs. */
const commandsOf = (line: string, all: Readonly<Record<string, string>>, depth = 0): string[] =>
  line.split('&&').flatMap((part) => {
    const name = /^(?:npm|pnpm|yarn|bun) (?:run )?([\w:.-]+)$/.exec(part.trim())?.[1]
    const inner = name === undefined ? undefined : all[name]
    return inner !== undefined && depth < 4 ? commandsOf(inner, all, depth + 1) : [part.trim()]
  })
const hooksAlone = (line: string) =>
  HOOK_RE.test(line.trim()) || line.split(/\|\||&&|;/).every((part) => HOOK_RE.test(part.trim()))
/** …and what those that do need of the source. */
const SCRIPT_READS: readonly { command: RegExp; reads: readonly string[] }[] = [
  { command: /^(npx )?patch-package\b/, reads: ['patches'] },
  { command: /^(npx )?prisma generate\b/, reads: ['prisma', 'prisma.config.ts', 'schema.prisma'] },
  { command: /^(nuxt|nuxi) prepare\b/, reads: ['nuxt.config.ts', 'nuxt.config.js', 'nuxt.config.mjs'] },
  {
    command: /^(svelte-kit sync|(?:npx )?svelte-kit sync)\b/,
    reads: ['svelte.config.js', 'vite.config.ts', 'vite.config.js'],
  },
]

export interface InstallSteps {
  setup: string | undefined
  /** Takes the version number out of what the installer reads. */
  manifest: string
  installs: boolean
  wholeSource: boolean
  block: string
  /** Code generators, after the install. */
  generate: string
  production: string
  prune: string | undefined
  hasDev: boolean
}

/** The instructions that install dependencies, as the manifest and its scripts ask for. */
export function installSteps(
  { project, manifest, manager, secrets, native, warnings, row, variables }: NodeFindings,
  keepDev: boolean,
): InstallSteps {
  const { row: pm, lockfile } = manager
  const all = { ...manifest.dependencies, ...manifest.devDependencies }
  const installs = Object.keys(all).length > 0 || lockfile !== undefined
  const scripts = LIFECYCLE.flatMap((name) =>
    manifest.scripts[name] && !hooksAlone(manifest.scripts[name]) ? [manifest.scripts[name]] : [],
  )
  const commands = scripts.flatMap((line) => commandsOf(line, manifest.scripts))
  const hooksOnly = LIFECYCLE.some((name) => manifest.scripts[name]) && scripts.length === 0
  const known = commands.map((command) =>
    HOOK_RE.test(command) ? [] : SCRIPT_READS.find((entry) => entry.command.test(command))?.reads,
  )
  const asking = commands.find((command) => asksDatabase(command, manifest))
  if (asking)
    warnings.push({
      rule: 'PD021',
      message: `package.json runs "${asking}" at install, and there is no database while an image is built: the install fails. Take it out; migrations are a step of their own.`,
      file: 'package.json',
    })
  const wholeSource =
    known.some((reads) => reads === undefined) ||
    Object.values(all).some((range) => /^(file|link|portal):/.test(range))
  if (wholeSource && scripts.length > 0)
    warnings.push({
      rule: 'PD082',
      message: `package.json runs "${scripts[0]}" at install: the whole source is copied before it, so each edit installs anew. Move it into "build" if it can be.`,
      file: 'package.json',
    })
  const { ready: generators, lost } = generatorsOf({ project, manifest, variables })
  const fileSecrets = secrets.flatMap((secret) => (secret.file ? [secret.file] : []))
  const reads = [
    ...new Set([
      'package.json',
      ...(lockfile ? [lockfile] : []),
      ...pm.reads,
      ...known.flatMap((entry) => entry ?? []),
      ...generators.flatMap((entry) =>
        commands.some((line) => line.includes(spoken(entry.row))) ? generatorReads(entry) : [],
      ),
    ]),
  ].filter((path) => (project.has(path) || project.hasFolder(path)) && !fileSecrets.includes(path))
  const versioned =
    installs && !wholeSource && manifest.version ? reads.filter((path) => pm.versioned.includes(path)) : []
  const mount = (path: string) => {
    const rw = pm.rewrites === path
    return versioned.includes(path)
      ? stageMount('manifest', `${WORKDIR}/${path}`, path, rw)
      : bindMount(path, rw)
  }
  const mounts = [
    ...(wholeSource ? [] : reads.map(mount)),
    cacheMount(pm.cache.id, pm.cache.target, pm.cache.locked),
    ...secrets.filter(({ step }) => !step).map((secret) => secretMount(secret, WORKDIR)),
  ]
  for (const { row, isLive, schema } of generators)
    if (isLive) warnings.push({ rule: 'PD085', message: row.live.message, file: schema.files[0] as string })
  const built = ['prebuild', 'build', 'postbuild'].flatMap((name) =>
    commandsOf(manifest.scripts[name] ?? '', manifest.scripts),
  )
  for (const entry of lost) {
    const makes = (line: string) => line.includes(spoken(entry))
    if ([...commands, ...built].some(makes)) continue
    const script = Object.keys(manifest.scripts).find((name) => makes(manifest.scripts[name] as string))
    warnings.push({
      rule: 'PD085',
      message: `${entry.package} is a dependency, and no schema was found, as ${entry.usual} is one: the image gets no generated code. Put it there, or run "${script ? shellLine(pm.run(script, [])) : spoken(entry)}" in "build".`,
      file: 'package.json',
    })
  }
  const env: Record<string, string> = {
    ...Object.assign({}, ...native.map((entry) => entry.buildEnv ?? {})),
    ...(hooksOnly ? { HUSKY: '0' } : {}),
    ...Object.assign({}, ...(known.length > 0 ? generators.map((entry) => entry.env) : [])),
  }
  // Git hooks are of no use in an image, and their tool is no production dependency: production installs skip scripts of the project by pruning.
  const install = lockfile ? pm.install.locked : pm.install.unlocked
  const production = lockfile ? pm.production.locked : pm.production.unlocked
  const pruneInstead =
    !keepDev &&
    row.modules &&
    (scripts.length > 0 || hooksOnly || generators.some((entry) => entry.intoModules))
  // A postinstall script that runs the generator has made it all by then.
  const pending = generators.filter((entry) => !commands.some((line) => line.includes(spoken(entry.row))))
  const generate = pending.map((entry) => {
    const read = ['package.json', ...generatorReads(entry)].filter(
      (path) => project.has(path) || project.hasFolder(path),
    )
    return runBlock({
      mounts: wholeSource ? [] : read.map(mount),
      env: entry.env,
      commands: [entry.row.command],
      rule: 'PD029',
    })
  })
  const setup = pm.setup?.(manager.version.value)
  const setupEnv = {
    ...setup?.env,
    ...(isPlugAndPlay(project, manager) ? { YARN_NODE_LINKER: 'node-modules' } : {}),
  }
  return {
    // Also where the project carries Yarn in .yarn/releases: this one hands over to it, and Node 26 has no other.
    setup: setup
      ? [
          Object.keys(setupEnv).length > 0 ? envBlock(setupEnv) : '',
          `RUN ${setup.run.join(' ')} #@PD014,PD015`,
        ]
          .filter(Boolean)
          .join('\n')
      : undefined,
    manifest:
      versioned.length > 0
        ? [`COPY ${versioned.join(' ')} ./ #@PD086`, `RUN ${shellLine(pm.unversion)} #@PD086`].join('\n')
        : '',
    installs,
    wholeSource,
    block: runBlock({ mounts, env, commands: [install], rule: 'PD006' }),
    generate: generate.join('\n'),
    production: runBlock({ mounts, env, commands: [production], rule: 'PD007' }),
    prune: pruneInstead ? runBlock({ mounts, env, commands: [pm.prune], rule: 'PD007' }) : undefined,
    hasDev: Object.keys(manifest.devDependencies).length > 0,
  }
}

/** The instruction that builds the app. */
export function buildSteps(found: NodeFindings, name: string): { has: boolean; block: string } {
  const { facts, row, secrets, manifest, warnings } = found
  const line = facts.value('build')
  const mounts = [
    ...(row.buildCache ? [cacheMount(`${name}-${row.id}`, `${WORKDIR}/${row.buildCache}`)] : []),
    ...secrets.filter(({ step }) => step).map((secret) => secretMount(secret, WORKDIR)),
  ]
  const legacy = line === undefined ? undefined : legacyHash(manifest)
  if (legacy)
    warnings.push({
      rule: 'PD022',
      message: `${legacy.name} is of a line that hashes with MD4, as webpack 4 does, and Node.js 17 and later refuse that: its build gets --openssl-legacy-provider. Update it.`,
      file: 'package.json',
    })
  const env: Record<string, string> = {
    ...row.buildEnv,
    ...legacy?.env,
    ...(line === undefined ? {} : envCheck(found)),
    ...Object.assign({}, ...generatorsOf(found).ready.map((entry) => entry.env)),
  }
  return {
    has: line !== undefined,
    block:
      line === undefined
        ? ''
        : runBlock({
            mounts,
            env,
            commands: [line, ...(row.afterBuild ? [row.afterBuild] : [])],
            rule: 'PD003',
          }),
  }
}
