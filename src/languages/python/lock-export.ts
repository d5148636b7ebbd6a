import { TOOLS } from '../../data/versions.ts'
import { bindMount, cacheMount, envBlock, runBlock } from '../../dockerfile.ts'
import type { Dependencies } from './dependencies.ts'
import type { PackageManager } from './package-manager.ts'

/** Where the exported lists are in the `lock` stage. */
export const EXPORTED = '/requirements.txt'
export const EXPORTED_DEVELOPMENT = '/requirements-dev.txt'

export interface LockExport {
  /** Installs the tool and writes the lists. */
  block: string
  /** Every line has a hash: a package from Git can't have one. */
  hashed: boolean
  hasDevelopment: boolean
  reads: string[]
}

interface Exporter {
  install: readonly string[]
  env?: Record<string, string>
  /** Fails where the lock is older than the manifest. */
  check: readonly string[] | null
  write(dependencies: Dependencies, development: boolean, hashed: boolean): string[]
  reads: readonly string[]
}

const isWork = (group: string) => !/^docs?$/i.test(group)
const each = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value])

/**
 * Poetry, PDM and Pipenv pin in formats of their own. Each writes its lock as a requirements file, with hashes, and pip
 * installs that: the tool is in no stage that others build on, and a bump of the project's version, which leaves the list
 * as it is, installs nothing anew.
 */
const EXPORTERS: Readonly<Record<'poetry' | 'pdm' | 'pipenv', Exporter>> = {
  poetry: {
    install: [`poetry-plugin-export==${TOOLS.poetryExport}`],
    // `export` itself refuses a lock that is too old.
    check: null,
    write: ({ groups, extras, developmentGroups, developmentExtras }, development, hashed) => [
      'export',
      ...(hashed ? [] : ['--without-hashes']),
      ...(development
        ? each('--with', [...groups, ...developmentGroups.filter(isWork)])
        : ['--only', ['main', ...groups].join(',')]),
      ...each('--extras', development ? [...extras, ...developmentExtras.filter(isWork)] : extras),
      '--output',
      development ? EXPORTED_DEVELOPMENT : EXPORTED,
    ],
    reads: ['pyproject.toml', 'poetry.lock'],
  },
  pdm: {
    install: [],
    env: { PDM_CHECK_UPDATE: 'false', PDM_USE_VENV: 'false' },
    check: ['lock', '--check'],
    write: ({ groups, extras, developmentExtras }, development, hashed) => [
      'export',
      '--format',
      'requirements',
      ...(hashed ? [] : ['--without-hashes']),
      ...(development ? [] : ['--prod']),
      ...each(
        '--group',
        development ? [...extras, ...developmentExtras.filter(isWork)] : [...groups, ...extras],
      ),
      '--output',
      development ? EXPORTED_DEVELOPMENT : EXPORTED,
    ],
    reads: ['pyproject.toml', 'pdm.lock'],
  },
  pipenv: {
    install: [],
    env: { PIPENV_IGNORE_VIRTUALENVS: '1', PIPENV_VENV_IN_PROJECT: '1' },
    check: ['verify'],
    write: (_dependencies, development, hashed) => [
      'requirements',
      ...(hashed ? ['--hash'] : []),
      ...(development ? ['--dev'] : []),
      '>',
      development ? EXPORTED_DEVELOPMENT : EXPORTED,
    ],
    reads: ['Pipfile', 'Pipfile.lock'],
  },
}

export function exportLock(
  manager: PackageManager & { id: 'poetry' | 'pdm' | 'pipenv' },
  dependencies: Dependencies,
  mounts: readonly string[],
): LockExport {
  const exporter = EXPORTERS[manager.id]
  const version = manager.version?.value ?? TOOLS[manager.id]
  const tool = `/opt/${manager.id}/bin/${manager.id}`
  // PDM's own dependencies move under it: its extra `locked` pins them.
  const packages = [
    manager.id === 'pdm' ? `pdm[locked]==${version}` : `${manager.id}==${version}`,
    ...exporter.install,
  ]
  const hashed = ![...dependencies.production.values(), ...dependencies.development.values()].some(
    (requirement) => requirement.url,
  )
  const hasDevelopment = dependencies.development.size > 0
  const reads = exporter.reads.filter((path) => manager.lock || !path.endsWith('.lock'))
  const first = manager.lock ? exporter.check : ['lock']
  const run = (words: readonly string[]) => {
    const redirect = words.indexOf('>')
    return redirect < 0
      ? [tool, ...words]
      : `${[tool, ...words.slice(0, redirect)].join(' ')} > ${words[redirect + 1]}`
  }
  return {
    block: [
      runBlock({
        mounts: [cacheMount('pip', '/root/.cache/pip')],
        commands: [
          `python -m venv /opt/${manager.id}`,
          [`/opt/${manager.id}/bin/pip`, 'install', ...packages],
        ],
        rule: 'PD014',
      }),
      ...(exporter.env ? [envBlock(exporter.env)] : []),
      runBlock({
        // Without a lock the manifest is copied: the tool writes one beside it.
        mounts: [...reads.map((path) => bindMount(path, !manager.lock)), ...mounts],
        commands: [
          ...(first ? [run(first)] : []),
          run(exporter.write(dependencies, false, hashed)),
          ...(hasDevelopment ? [run(exporter.write(dependencies, true, hashed))] : []),
        ],
        rule: 'PD006',
      }),
    ].join('\n'),
    hashed,
    hasDevelopment,
    reads,
  }
}
