import type { Rule } from './types.ts'

const REFERENCE = 'https://docs.docker.com/reference/dockerfile/'

/** Rules for what is installed: by which package manager, which versions, and what of it stays. */
export const PACKAGE_RULES: readonly Rule[] = [
  {
    id: 'PD005',
    title: 'Cache mounts have an id of their own',
    why: 'Without an id the cache is named by its path, and all projects and architectures of a machine share one. With an id it is known whose it is.',
    refs: [`${REFERENCE}#run---mounttypecache`],
    artefact: 'dockerfile',
  },
  {
    id: 'PD006',
    title: 'Exactly what the lockfile says is installed',
    why: 'An install that may move versions gives another image tomorrow. The strict form fails when manifest and lockfile disagree, on the machine of the person who can mend it.',
    refs: ['https://docs.npmjs.com/cli/commands/npm-ci', 'https://docs.astral.sh/uv/concepts/projects/sync/'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD007',
    title: 'No development dependencies in the image',
    why: 'Test runners, bundlers and type checkers are most of an install’s weight and most of its findings in a scan. Production dependencies are installed by themselves, or what the bundler put together is all that is copied.',
    refs: ['https://docs.npmjs.com/cli/commands/npm-ci#omit', 'CIS Docker 4.3'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD086',
    title: 'A new version number installs nothing anew',
    why: 'Each release changes the version in package.json or pyproject.toml, and no dependency. The installer is given a copy without it: the cache goes by the content of that copy, so the dependency layers stay as they are.',
    refs: ['https://docs.docker.com/build/cache/invalidation/'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD087',
    title: 'Only what runs is copied',
    why: 'Tests, lockfiles, type declarations and source maps are read by people and tools, not by the app. A lockfile is often larger than the code, and would be sent again with each edit. Maps stay where the start command asks for them, and where a site serves them.',
    refs: ['https://docs.docker.com/reference/dockerfile/#copy---exclude'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD088',
    title: 'No layer tells when it was built',
    why: 'Two builds of the same sources should give the same image, so that anybody can check what was built from what. Bytecode that goes by the content of its source, a user without a date and no log of the install leave nothing that differs; the times of the files themselves are the exporter’s (SOURCE_DATE_EPOCH, rewrite-timestamp=true).',
    refs: [
      'https://docs.docker.com/build/ci/github-actions/reproducible-builds/',
      'https://reproducible-builds.org/docs/source-date-epoch/',
    ],
    artefact: 'dockerfile',
  },
  {
    id: 'PD089',
    title: 'A key for Git over ssh is handed to the build, never copied into it',
    why: 'A build has no ssh key and knows no host. Put openssh-client beside git, and before the install command --mount=type=ssh and GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=accept-new". Build with "docker build --ssh default ."; Compose takes "ssh: [default]" below build. The key stays in the agent of the machine that builds; what is added to the Dockerfile stays when this tool runs again.',
    refs: [`${REFERENCE}#run---mounttypessh`, 'https://docs.docker.com/reference/compose-file/build/#ssh'],
    artefact: 'detection',
  },
  {
    id: 'PD014',
    title: 'Package manager pinned',
    why: 'A package manager that is installed without a version is whichever is newest on the day of the build; a new major has broken many a lockfile.',
    refs: ['hadolint DL3016', 'hadolint DL3013'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD016',
    title: 'System packages: only what is asked for, lists removed, versions not pinned',
    why: 'Recommended packages are not required, and package lists are only weight after the install. Versions stay open on purpose: Debian deletes one as soon as its fix is out, so a pin breaks the build exactly when it matters.',
    refs: ['hadolint DL3015', 'hadolint DL3009', 'hadolint DL3008 (not followed)', 'CIS Docker 4.7'],
    artefact: 'dockerfile',
  },
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
  {
    id: 'PD085',
    title: 'Generated code is made in the image',
    why: 'A client that a tool writes from a schema is not committed. It is made beside the dependencies, where its schema is found; else the app starts without it, and fails.',
    refs: ['https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/generating-prisma-client'],
    artefact: 'detection',
  },
]
