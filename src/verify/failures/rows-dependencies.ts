import { RUNTIMES } from '../../data/versions.ts'
import { collect, listed, type Row, type Seen, type Values } from './row.ts'
import { lineWithin } from './versions.ts'

const OUTDATED = '{lock} does not fit {manifest}'
/** Runtime lines that a range allows, and whether the image can have one. */
const runtime =
  (language: 'node' | 'python') =>
  (found: Values): Values | null => {
    const range = found['range'] || found['other'] || ''
    const version = lineWithin(language, range)
    const title = { node: 'Node.js', python: 'Python' }[language]
    return {
      range,
      version: version ?? '',
      fix: version
        ? `Run create-prod-docker again with --runtime-version ${version}.`
        : `No ${title} that still gets fixes (${listed(Object.keys(RUNTIMES[language].supported))}) is in that range: take a newer version of the package, or widen the range.`,
    }
  }
const lineAfter = ({ lines }: Seen, pattern: RegExp) =>
  lines.map((line) => pattern.exec(line)?.[1]).findLast((text) => text !== undefined)

/** Lockfiles, versions that exclude each other, install scripts. */
export const DEPENDENCY_ROWS: readonly Row[] = [
  {
    id: 'npm-lock-missing',
    phases: ['build'],
    line: /The `npm ci` command can only install with an existing package-lock\.json|npm (?:error|ERR!) code ENOLOCK/,
    title: 'npm ci needs package-lock.json, and the build has none',
    fix: 'Run "npm install" and commit package-lock.json; look that neither .gitignore nor .dockerignore excludes it.',
  },
  {
    id: 'npm-lock-outdated',
    phases: ['build'],
    line: /`npm ci` can only install packages when your package\.json and package-lock\.json.*are in sync|npm (?:error|ERR!) (?:Missing|Invalid): .* (?:from|does not satisfy) /,
    values: () => ({ lock: 'package-lock.json', manifest: 'package.json' }),
    title: OUTDATED,
    fix: 'Run "npm install" and commit package-lock.json.',
  },
  {
    id: 'pnpm-lock-missing',
    phases: ['build'],
    line: /ERR_PNPM_NO_LOCKFILE/,
    title: 'pnpm needs pnpm-lock.yaml, and the build has none',
    fix: 'Run "pnpm install" and commit pnpm-lock.yaml.',
  },
  {
    id: 'pnpm-lock-outdated',
    phases: ['build'],
    line: /ERR_PNPM_OUTDATED_LOCKFILE|ERR_PNPM_LOCKFILE_CONFIG_MISMATCH/,
    values: () => ({ lock: 'pnpm-lock.yaml', manifest: 'package.json' }),
    title: OUTDATED,
    fix: 'Run "pnpm install" and commit pnpm-lock.yaml.',
  },
  {
    id: 'pnpm-lock-version',
    phases: ['build'],
    line: /ERR_PNPM_LOCKFILE_BREAKING_CHANGE|Ignoring not compatible lockfile/,
    title: 'pnpm-lock.yaml was written by another major version of pnpm',
    fix: 'Name the version that wrote it: "packageManager": "pnpm@<version>" in package.json, and run create-prod-docker again.',
  },
  {
    id: 'yarn-lock-outdated',
    phases: ['build'],
    line: /Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`|YN0028/,
    values: () => ({ lock: 'yarn.lock', manifest: 'package.json' }),
    title: OUTDATED,
    fix: 'Run "yarn install" and commit yarn.lock.',
  },
  {
    id: 'bun-lock-outdated',
    phases: ['build'],
    line: /lockfile had changes, but lockfile is frozen/,
    values: () => ({ lock: 'bun.lock', manifest: 'package.json' }),
    title: OUTDATED,
    fix: 'Run "bun install" and commit bun.lock.',
  },
  {
    id: 'uv-lock-missing',
    phases: ['build'],
    line: /Unable to find lockfile at `uv\.lock`/,
    title: 'uv sync --locked needs uv.lock, and the build has none',
    fix: 'Run "uv lock" and commit uv.lock.',
  },
  {
    id: 'uv-lock-outdated',
    phases: ['build'],
    line: /The lockfile at `uv\.lock` needs to be updated/,
    values: () => ({ lock: 'uv.lock', manifest: 'pyproject.toml' }),
    title: OUTDATED,
    fix: 'Run "uv lock" and commit uv.lock.',
  },
  {
    id: 'poetry-lock-outdated',
    phases: ['build'],
    line: /pyproject\.toml changed significantly since poetry\.lock was last generated|poetry\.lock is not up to date with pyproject\.toml/,
    values: () => ({ lock: 'poetry.lock', manifest: 'pyproject.toml' }),
    title: OUTDATED,
    fix: 'Run "poetry lock" and commit poetry.lock.',
  },
  {
    id: 'pdm-lock-outdated',
    phases: ['build'],
    line: /(?:Lock|lock) ?file hash doesn't match|Lock file hash|lock file is (?:outdated|not up to date|not compatible)|Lockfile is generated on an older version/i,
    values: () => ({ lock: 'pdm.lock', manifest: 'pyproject.toml' }),
    title: OUTDATED,
    fix: 'Run "pdm lock" and commit pdm.lock.',
  },
  {
    id: 'pipenv-lock-outdated',
    phases: ['build'],
    line: /Pipfile\.lock \([\w]+\) out of date|Pipfile\.lock is out-of-date|Pipfile\.lock out of date|Your Pipfile\.lock/,
    values: () => ({ lock: 'Pipfile.lock', manifest: 'Pipfile' }),
    title: OUTDATED,
    fix: 'Run "pipenv lock" and commit Pipfile.lock.',
  },
  {
    id: 'pipfile-source',
    phases: ['build'],
    line: /plette[\w.]*DataValidationError: Missing required field: (?<field>\w+)/,
    title: 'A [[source]] of the Pipfile has no {field}, and pipenv demands one',
    fix: 'Give it one (name = "pypi"), run "pipenv lock", and commit Pipfile and Pipfile.lock.',
  },
  {
    id: 'hash-mismatch',
    phases: ['build'],
    line: /THESE PACKAGES DO NOT MATCH THE HASHES|npm (?:error|ERR!) code EINTEGRITY|ERR_PNPM_TARBALL_INTEGRITY|Integrity check failed|Hash mismatch for|YN0018/,
    title: 'A package is not the one that the lockfile names: its hash is another',
    fix: 'If nobody put another file in its place: clear the cache ("npm cache clean --force", "pip cache purge"), write the lockfile anew, read the difference, commit it.',
  },
  {
    id: 'hash-missing',
    phases: ['build'],
    line: /Hashes are required in --require-hashes mode|In --require-hashes mode, all requirements must have their versions pinned|Can't verify hashes for these/,
    title: 'One line of the requirements has no hash, and the others have',
    fix: 'Write them all: "pip-compile --generate-hashes" or "uv pip compile --generate-hashes requirements.in -o requirements.txt", and commit requirements.txt.',
  },
  {
    id: 'node-engine',
    phases: ['build'],
    line: /npm (?:error|ERR!) (?:notsup )?Required: \{.*"node":"(?<range>[^"]+)"|The engine "node" is incompatible with this module\. Expected version "(?<other>[^"]+)"/,
    also: /EBADENGINE|The engine "node" is incompatible/,
    values: runtime('node'),
    title: 'A package asks for Node.js {range}, and the image has another',
    fix: '{fix}',
    flag: ['--runtime-version', '{version}'],
  },
  {
    id: 'pnpm-engine',
    phases: ['build'],
    line: /ERR_PNPM_UNSUPPORTED_ENGINE/,
    values: (_, seen) => runtime('node')({ range: lineAfter(seen, /Expected version: (.+)$/) ?? '' }),
    title: 'A package asks for Node.js {range}, and the image has another',
    fix: '{fix}',
    flag: ['--runtime-version', '{version}'],
  },
  {
    id: 'python-version',
    phases: ['build'],
    line: /requires a different Python: \S+ not in '(?<range>[^']+)'|No interpreter found for Python (?<other>[<>=!~\d., *]+)|does not satisfy Python ?(?<uv>[<>=!~\d.,*]+)|The current Python version .* is not allowed by the project \((?<poetry>[^)]+)\)|project's Python requirement \((?<project>[^)]+)\)/,
    values: (found) =>
      runtime('python')({
        range:
          Object.values(found)
            .find((text) => text !== '')
            ?.trim() ?? '',
      }),
    title: 'Python {range} is asked for, and the image has another',
    fix: '{fix}',
    flag: ['--runtime-version', '{version}'],
  },
  {
    id: 'python-version-package',
    phases: ['build'],
    line: /No matching distribution found for (?<name>\S+)/,
    also: /require a different python version/,
    values: ({ name }, seen) => {
      const wanted = /==(.+)$/.exec(name ?? '')?.[1]
      const ignored = lineAfter(
        seen,
        /Ignored the following versions that require a different python version: (.*)$/,
      )
      const hit = (ignored ?? '').split(';').find((entry) => entry.trim().startsWith(`${wanted} `))
      const range = /Requires-Python (.+)$/.exec(hit?.trim() ?? '')?.[1]
      return range ? runtime('python')({ range }) : null
    },
    title: '{name} asks for Python {range}, and the image has another',
    fix: '{fix}',
    flag: ['--runtime-version', '{version}'],
  },
  {
    id: 'python-no-version',
    phases: ['build'],
    line: /ERROR: No matching distribution found for (?<name>\S+)|Because there (?:is no version of|are no versions of) (?<uv>\S+)|Because (?<registry>\S+) was not found in the package registry/,
    general: true,
    values: (found) => ({ missing: Object.values(found).find((text) => text !== '') ?? '' }),
    title: 'The package index has no {missing} for this Python',
    fix: 'Mend its name or version, or take the Python that it is made for (--runtime-version). If it is private: name its index in the project, and run create-prod-docker again.',
  },
  {
    id: 'peer-conflict',
    phases: ['build'],
    line: /npm (?:error|ERR!) code ERESOLVE|ERR_PNPM_PEER_DEP_ISSUES/,
    values: (_, { lines }) => {
      const peer = lines.map((line) => /peer (\S+?@".+?") from (\S+)/.exec(line)).findLast(Boolean)
      return {
        who: peer?.[2] ?? 'A dependency',
        what: peer?.[1]?.replaceAll('"', '') ?? 'another version of a peer',
      }
    },
    title: '{who} asks for {what}, and the project has another',
    fix: 'Take versions that fit in package.json, run the install, and commit the lockfile. To leave it as it is: "legacy-peer-deps=true" in .npmrc, committed.',
  },
  {
    id: 'python-conflict',
    phases: ['build'],
    line: /ResolutionImpossible|Cannot install .* because these package versions have conflicting dependencies|No solution found when resolving dependencies/,
    general: true,
    title: 'Two requirements exclude each other',
    fix: 'Loosen one of them where the project names it, write the lock anew, and commit it. The lines above name both.',
  },
  {
    id: 'scripts-blocked',
    phases: ['build'],
    line: /ERR_PNPM_IGNORED_BUILDS|npm (?:error|ERR!) code ESTRICTALLOWSCRIPTS/,
    values: (_, { lines }) => {
      const pnpm = lines.map((line) => /Ignored build scripts: (.+?)\.?$/.exec(line)?.[1]).findLast(Boolean)
      const names =
        pnpm?.split(', ') ?? collect(lines, /^npm (?:error|ERR!) {3}(\S+) \((?:pre|post)?install:/)
      return {
        who: listed(names.map((name) => name.replace(/(?<=.)@.*$/, ''))) || 'A dependency',
        fix: lines.some((line) => line.includes('ERR_PNPM'))
          ? 'Run "pnpm approve-builds", allow what the app needs, and commit pnpm-workspace.yaml.'
          : 'Run "npm install-scripts approve", allow what the app needs, and commit package.json.',
      }
    },
    title: '{who} has an install script that nobody allowed',
    fix: '{fix}',
  },
  {
    id: 'lock-read-only',
    phases: ['build'],
    line: /EROFS.*(?<lock>package-lock\.json|pnpm-lock\.yaml|yarn\.lock)|(?:EBUSY|EROFS|read-only file system).*\/app\/(?<other>package-lock\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock|uv\.lock)/i,
    title: 'The install wants to write the lockfile, which is read-only in the build',
    fix: 'Install with the locked command (npm ci, --frozen-lockfile, --immutable, --locked), or update the lockfile outside and commit it.',
  },
]
