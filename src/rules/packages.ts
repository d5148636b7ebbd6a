import { checkedDockerfile, each, type Problem, script } from './checks.ts'
import type { Rule } from './types.ts'

const REFERENCE = 'https://docs.docker.com/reference/dockerfile/'

/** Rules for what is installed: by which package manager, which versions, and what of it stays. */
export const PACKAGE_RULES: readonly Rule[] = [
  checkedDockerfile(
    {
      id: 'PD005',
      title: 'Cache mounts have an id of their own',
      why: 'Without an id the cache is named by its path, and all projects and architectures of a machine share one. With an id it is known whose it is.',
      refs: [`${REFERENCE}#run---mounttypecache`],
    },
    (file) =>
      [...each(file, 'RUN')].flatMap(({ instruction }) =>
        instruction.flags
          .filter(
            ({ name, value }) =>
              name === 'mount' && /(?:^|,)type=cache(?:,|$)/.test(value) && !/(?:^|,)id=/.test(value),
          )
          .map(() => ({ message: 'A cache mount has no id.', line: instruction.line })),
      ),
  ),
  checkedDockerfile(
    {
      id: 'PD006',
      title: 'Exactly what the lockfile says is installed',
      why: 'An install that may move versions gives another image tomorrow. The strict form fails when manifest and lockfile disagree, on the machine of the person who can mend it.',
      refs: [
        'https://docs.npmjs.com/cli/commands/npm-ci',
        'https://docs.astral.sh/uv/concepts/projects/sync/',
      ],
    },
    (file, _last, text) => {
      if (!/package-lock\.json|npm-shrinkwrap|yarn\.lock|pnpm-lock|bun\.lock|uv\.lock/.test(text)) return []
      const loose: [RegExp, RegExp][] = [
        [/\bnpm (?:install|i)(?=\s*(?:$|&&|;|\n|--))(?!.*(?:-g|--global)\b)/, /^$/],
        [/\bpnpm (?:install|i)\b/, /--frozen-lockfile|--offline/],
        [/\byarn install\b/, /--frozen-lockfile|--immutable|--pure-lockfile/],
        [/\bbun install\b/, /--frozen-lockfile/],
        [/\buv sync\b/, /--locked|--frozen/],
      ]
      return [...each(file, 'RUN')].flatMap(({ instruction }) =>
        loose
          .filter(
            ([install, strict]) => install.test(script(instruction)) && !strict.test(script(instruction)),
          )
          .map(() => ({
            message: 'This install may change versions: there is a lockfile to be held to.',
            line: instruction.line,
          })),
      )
    },
  ),
  {
    id: 'PD007',
    title: 'No development dependencies in the image',
    why: 'Test runners, bundlers and type checkers are most of an install’s weight and most of its findings in a scan. Production dependencies are installed by themselves, or what the bundler put together is all that is copied.',
    refs: ['https://docs.npmjs.com/cli/commands/npm-ci#omit', 'CIS Docker 4.3'],
    artefact: 'dockerfile',
  },
  checkedDockerfile(
    {
      id: 'PD014',
      title: 'Package manager pinned',
      why: 'A package manager that is installed without a version is whichever is newest on the day of the build; a new major has broken many a lockfile.',
      refs: ['hadolint DL3016', 'hadolint DL3013'],
    },
    (file) =>
      [...each(file, 'RUN')].flatMap(({ instruction }) => {
        const text = script(instruction)
        const npm =
          /\bnpm (?:install|i|add)\b[^&;]*?(?:-g|--global)\b/.test(text) &&
          /(?:^|\s)(?:pnpm|yarn|npm|bun|corepack|@yarnpkg\/cli-dist|@pnpm\/exe)(?=\s|$)(?!\s+(?:install|i|add|ci)\b)/.test(
            text.replace(/\bnpm (?:install|i|add)\b/g, ''),
          )
        const pip = /\bpip3? install\b[^&;]*(?:\s|["'])(?:uv|poetry|pdm|pipenv)(?=\s|["']|$)/.test(text)
        return npm || pip
          ? [{ message: 'A package manager is installed without a version.', line: instruction.line }]
          : []
      }),
  ),
  checkedDockerfile(
    {
      id: 'PD016',
      title: 'System packages: only what is asked for, lists removed, versions not pinned',
      why: 'Recommended packages are not required ones, and package lists are only weight once the install is done. Versions are left open on purpose: Debian deletes a version as soon as its fix is out, so a pinned one breaks the build exactly when it matters.',
      refs: ['hadolint DL3015', 'hadolint DL3009', 'hadolint DL3008 (not followed)', 'CIS Docker 4.7'],
    },
    (file) =>
      [...each(file, 'RUN')].flatMap(({ instruction }): Problem[] => {
        const text = script(instruction)
        const install = /\bapt-get\b[^&;|]*\binstall\b([^&;|]*)/.exec(text)
        if (!install) return []
        const hasCache = instruction.flags.some(
          ({ name, value }) => name === 'mount' && value.includes('/var/lib/apt'),
        )
        const { line } = instruction
        return [
          ...(/--no-install-recommends/.test(text)
            ? []
            : [{ message: 'apt-get install without --no-install-recommends.', line }]),
          ...(hasCache || /rm -rf \/var\/lib\/apt\/lists/.test(text)
            ? []
            : [{ message: 'The package lists stay in the layer.', line }]),
          ...(/\s[a-z][\w.+-]*=\d/.test(install[1] as string)
            ? [{ message: 'A Debian package is pinned to a version that will be deleted.', line }]
            : []),
        ]
      }),
  ),
  {
    id: 'PD080',
    title: 'Native packages: what they need to build, and what they need to run',
    why: 'A package with compiled parts needs headers and a compiler while it is installed, and only a library afterwards. The first go into the build stage, the second into the image.',
    refs: ['https://www.debian.org/distrib/packages'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD082',
    title: 'Install scripts of the project see the whole source',
    why: 'A preinstall, postinstall or prepare script of the project may read any of its files, so all of them are there before the install. That costs the cached dependency layer; a script that needs less would give it back.',
    refs: ['https://docs.npmjs.com/cli/using-npm/scripts#life-cycle-scripts'],
    artefact: 'dockerfile',
  },
]
