import { RUNTIMES } from '../data/versions.ts'
import { assignments, checkedDockerfile, each, imageParts, isFrom, type Problem, script } from './checks.ts'
import { lineage } from './dockerfile-reader.ts'
import type { Rule } from './types.ts'

const REFERENCE = 'https://docs.docker.com/reference/dockerfile/'
const PRACTICES = 'https://docs.docker.com/build/building/best-practices/'

/** Official images that come in several distributions: without one in the tag, the distribution changes under the app. */
const NEEDS_DISTRO_RE = /^(?:node|python|ruby|golang|rust|php|postgres|redis|nginx)$/
const DISTRO_RE = /trixie|bookworm|bullseye|forky|alpine|noble|jammy|resolute/
const INSTALL_RE =
  /\b(?:npm (?:ci|install|i)|pnpm (?:install|i|fetch)|yarn(?: install)?(?=\s|$)|bun install|pip3? install|uv (?:sync|pip)|poetry (?:install|sync)|pdm (?:install|sync)|pipenv (?:install|sync))\b(?!\s+(?:-g|--global)\b)/
const TOOLCHAIN_RE =
  /(?:^|\s)(?:build-essential|gcc|g\+\+|make|cmake|pkg-config|python3?-dev|[\w.+-]+-dev)(?=\s|$)/
const SECRET_RE =
  /(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PWD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?|AUTH)(?:_|$)/
const PUBLIC_RE =
  /^(?:NEXT_PUBLIC_|VITE_|NUXT_PUBLIC_|PUBLIC_|REACT_APP_|GATSBY_|EXPO_PUBLIC_|ASTRO_PUBLIC_)|_(?:FILE|VERSION)$/

/** Rules for the stages that build: what they start from, what they see, what they leave behind. */
export const DOCKERFILE_RULES: readonly Rule[] = [
  checkedDockerfile(
    {
      id: 'PD001',
      title: 'Current syntax, and checks that stop the build',
      why: 'The first line fetches the newest Dockerfile frontend, so that mounts and --link work on older engines too. The second makes each of Docker’s own build checks an error: a warning that nobody reads helps nobody.',
      refs: ['https://docs.docker.com/reference/build-checks/', `${REFERENCE}#syntax`],
    },
    ({ directives }) => [
      ...(/^docker\/dockerfile:1/.test(directives.get('syntax') ?? '')
        ? []
        : [{ message: 'The first line should be "# syntax=docker/dockerfile:1".', line: 1 }]),
      ...(/\berror=true\b/.test(directives.get('check') ?? '')
        ? []
        : [{ message: 'A line "# check=error=true" should follow the syntax line.', line: 1 }]),
    ],
  ),
  checkedDockerfile(
    {
      id: 'PD002',
      title: 'Base image pinned to a version and a distribution',
      why: 'A tag like node:slim changes its version and its Debian release on a day that somebody else picks. With both in the tag only fixes arrive.',
      refs: ['hadolint DL3006', 'hadolint DL3007', 'CIS Docker 4.2', `${PRACTICES}#pin-base-image-versions`],
    },
    ({ stages }) =>
      stages.flatMap(({ base, parent, from }): Problem[] => {
        if (parent || base === 'scratch' || base.includes('$')) return []
        const { name, tag, digest } = imageParts(base)
        if (digest) return []
        const isDistroless = name.startsWith('gcr.io/distroless/') && /debian\d+$/.test(name)
        if (tag === '' || /^(?:latest|stable|lts|current|slim)$/.test(tag))
          return isDistroless && tag !== ''
            ? []
            : [{ message: `${base} has no version in its tag.`, line: from.line }]
        return NEEDS_DISTRO_RE.test(name) && !DISTRO_RE.test(tag)
          ? [
              {
                message: `${base} names no distribution: it changes with a release of Debian.`,
                line: from.line,
              },
            ]
          : []
      }),
  ),
  checkedDockerfile(
    {
      id: 'PD003',
      title: 'Several stages; no toolchain in the last one',
      why: 'Compilers, headers and package managers are needed to build and are only weight and holes in production. What a build stage holds never reaches the image.',
      refs: ['CIS Docker 4.3', 'https://docs.docker.com/build/building/multi-stage/'],
    },
    ({ stages }, last) => [
      ...(stages.length < 2
        ? [{ message: 'One stage holds both the build and the app.', line: last.from.line }]
        : []),
      ...lineage(last).flatMap((stage) =>
        stage.instructions
          .filter(
            (run) =>
              run.keyword === 'RUN' &&
              /\b(?:apt-get|apk|apt)\b[^&;]*\b(?:install|add)\b/.test(script(run)) &&
              TOOLCHAIN_RE.test(script(run)),
          )
          .map(({ line }) => ({ message: 'Build tools are installed into the final image.', line })),
      ),
    ],
  ),
  checkedDockerfile(
    {
      id: 'PD004',
      title: 'The dependency layer sees manifests only',
      why: 'Dependencies are installed before the source is there, so an edit of the source leaves that layer as it is and a rebuild takes seconds.',
      refs: ['https://docs.docker.com/build/cache/optimize/#order-your-layers'],
    },
    (file) =>
      file.stages.flatMap((stage): Problem[] => {
        const before = stage.parent ? lineage(stage.parent).flatMap(({ instructions }) => instructions) : []
        const all = [...before, ...stage.instructions]
        const copy = all.findIndex(
          ({ keyword, args, flags }) =>
            keyword === 'COPY' && /^\.\/?\s+\S+$/.test(args) && !flags.some(({ name }) => name === 'from'),
        )
        const install = all.findIndex((run) => run.keyword === 'RUN' && INSTALL_RE.test(script(run)))
        // A comment that speaks of the install says why all of the source has to be there.
        const isMeant = copy >= 0 && /install/i.test((all[copy] as (typeof all)[number]).comments.join(' '))
        return copy >= 0 && install > copy && !isMeant && stage.instructions.includes(all[install] as never)
          ? [
              {
                message:
                  'Dependencies are installed after the whole source was copied: each edit installs them again.',
                line: all[copy]?.line as number,
              },
            ]
          : []
      }),
  ),
  checkedDockerfile(
    {
      id: 'PD008',
      title: 'The app’s files belong to root',
      why: 'An app that can change its own code keeps what an attacker wrote there. It runs as another user and may read, not write; the few folders that it does write to are given to it one by one. A chown -R afterwards would store every file twice.',
      refs: ['https://docs.docker.com/build/building/best-practices/#user'],
    },
    (_file, last) =>
      last.instructions.flatMap((instruction): Problem[] => {
        const owner = instruction.flags.find(({ name }) => name === 'chown')?.value ?? ''
        const target = instruction.args.split(/\s+/).at(-1) ?? ''
        if (
          instruction.keyword === 'COPY' &&
          owner !== '' &&
          !/^(?:0|root)(?::|$)/.test(owner) &&
          /^(?:\.\/?|\/app\/?|\/srv\/?|\/usr\/src\/app\/?)$/.test(target)
        ) {
          return [
            {
              message: `The app’s files are given to ${owner}, who runs it and could change them.`,
              line: instruction.line,
            },
          ]
        }
        return instruction.keyword === 'RUN' && /\bchown\s+(?:-\w*R|--recursive)/.test(script(instruction))
          ? [{ message: 'chown -R stores every file once more.', line: instruction.line }]
          : []
      }),
  ),
  checkedDockerfile(
    {
      id: 'PD019',
      title: 'Build secrets are mounted, never written',
      why: 'A build argument and an ENV stay readable in the image’s history for everybody who can pull it. A secret mount is there while one command runs, and in no layer.',
      refs: [
        'build check SecretsUsedInArgOrEnv',
        'CIS Docker 4.10',
        'https://docs.docker.com/build/building/secrets/',
      ],
    },
    (file) =>
      [...file.head, ...file.stages.flatMap(({ instructions }) => instructions)]
        .filter(({ keyword }) => keyword === 'ARG' || keyword === 'ENV')
        .flatMap((instruction) =>
          assignments(instruction)
            .filter(([name]) => SECRET_RE.test(name.toUpperCase()) && !PUBLIC_RE.test(name))
            .map(([name]) => ({
              message: `${name} stays readable in the image’s history.`,
              line: instruction.line,
            })),
        ),
  ),
  {
    id: 'PD020',
    title: 'Public build variables are declared arguments',
    why: 'What a bundler inlines (NEXT_PUBLIC_*, VITE_*) is fixed when the image is built and visible to every visitor. A declared argument says so, and gives the build its value without a file.',
    refs: [
      'https://vite.dev/guide/env-and-mode',
      'https://nextjs.org/docs/pages/guides/environment-variables',
    ],
    artefact: 'dockerfile',
  },
  checkedDockerfile(
    {
      id: 'PD022',
      title: 'A runtime that still gets fixes',
      why: 'After its end of life a runtime gets no security fixes, and its image is no longer rebuilt. The next version that is supported is taken, and the change is reported.',
      refs: ['https://github.com/nodejs/Release', 'https://devguide.python.org/versions/'],
    },
    ({ stages }) =>
      stages.flatMap(({ base, from }): Problem[] => {
        const { name, tag } = imageParts(base)
        const distroless = /^gcr\.io\/distroless\/nodejs(\d+)-/.exec(name)?.[1]
        const node = name === 'node' ? /^(\d+)/.exec(tag)?.[1] : distroless
        const python = name === 'python' ? /^(\d+\.\d+)/.exec(tag)?.[1] : undefined
        if (node && !(node in RUNTIMES.node.supported))
          return [{ message: `Node.js ${node} gets no fixes.`, line: from.line }]
        return python && !(python in RUNTIMES.python.supported)
          ? [{ message: `Python ${python} gets no fixes.`, line: from.line }]
          : []
      }),
  ),
  checkedDockerfile(
    {
      id: 'PD023',
      title: 'COPY --link where the place is free',
      why: 'A linked layer does not depend on those below it: after a change of the base image it is reused as it is, and never sent again. It must not go where the base has links of its own, as in /bin, since it would replace them.',
      refs: [`${REFERENCE}#copy---link`],
    },
    (file) =>
      [...each(file, 'COPY')].flatMap(({ instruction }) => {
        const target = (instruction.json?.at(-1) ?? instruction.args.split(/\s+/).at(-1) ?? '').replace(
          /\/[^/]*$/,
          '/',
        )
        return instruction.flags.some(({ name }) => name === 'link') &&
          /^\/(?:bin|sbin|lib|lib64|tmp|var\/run)\/$/.test(target)
          ? [{ message: `--link replaces the link or the mode of ${target}.`, line: instruction.line }]
          : []
      }),
  ),
  checkedDockerfile(
    {
      id: 'PD083',
      title: 'A target for development',
      why: 'Development runs in a stage of the same file, with all dependencies and reload on change, so that it does not drift from production. The last stage is the image that is shipped: a build without --target gives that one.',
      refs: ['https://docs.docker.com/build/building/multi-stage/#stop-at-a-specific-build-stage'],
    },
    (_file, last) =>
      /^(?:dev|development|test|tests|migrate)$/.test(last.name ?? '')
        ? [
            {
              message: `A plain build gives the stage "${last.name}": the shipped one must come last.`,
              line: last.from.line,
            },
          ]
        : [],
  ),
  {
    id: 'PD084',
    title: 'A target for the tests',
    why: 'The tests run on the same base and the same dependencies as production, on each machine and in the pipeline alike. Nothing of them reaches the image.',
    refs: ['https://docs.docker.com/build/building/multi-stage/'],
    artefact: 'dockerfile',
  },
  checkedDockerfile(
    {
      id: 'PD025',
      title: 'Static sites on nginx without root',
      why: 'A built site is files; a server that starts as root to open port 80 has rights that files do not need. The unprivileged image listens on 8080, writes below /tmp only, and runs as a number.',
      refs: ['https://hub.docker.com/r/nginxinc/nginx-unprivileged', 'CIS Docker 4.1'],
    },
    (_file, last) =>
      isFrom(last, /^(?:nginx|httpd|caddy)$/)
        ? [{ message: 'This server starts as root.', line: last.from.line }]
        : [],
  ),
]
