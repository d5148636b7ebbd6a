import { RUNTIMES } from '../../data/versions.ts'
import { lineage } from '../../dockerfile-reader/stages.ts'
import { commentsAbove, each, imageParts, isFrom, ofDockerfile, script } from './instructions.ts'
import type { Checks, Problem } from './types.ts'

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

export const DOCKERFILE_CHECKS: Checks = {
  PD001: ofDockerfile(({ directives }) => [
    ...(/^docker\/dockerfile:1/.test(directives.get('syntax') ?? '')
      ? []
      : [{ message: 'The first line should be "# syntax=docker/dockerfile:1".', line: 1 }]),
    ...(/\berror=true\b/.test(directives.get('check') ?? '')
      ? []
      : [{ message: 'A line "# check=error=true" should follow the syntax line.', line: 1 }]),
  ]),
  PD002: ofDockerfile(({ stages }) =>
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
  PD003: ofDockerfile(({ stages }, last) => [
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
  ]),
  PD004: ofDockerfile((file) =>
    file.stages.flatMap((stage): Problem[] => {
      const before = stage.parent ? lineage(stage.parent).flatMap(({ instructions }) => instructions) : []
      const all = [...before, ...stage.instructions]
      const copy = all.findIndex(
        ({ keyword, args, flags }) =>
          keyword === 'COPY' && /^\.\/?\s+\S+$/.test(args) && !flags.some(({ name }) => name === 'from'),
      )
      const install = all.findIndex((run) => run.keyword === 'RUN' && INSTALL_RE.test(script(run)))
      // A comment that speaks of the install says why all of the source has to be there.
      const isMeant = copy >= 0 && /install/i.test(commentsAbove(all[copy] as (typeof all)[number]))
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
  PD008: ofDockerfile((_file, last) =>
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
  PD019: ofDockerfile((file) =>
    [...file.head, ...file.stages.flatMap(({ instructions }) => instructions)]
      .filter(({ keyword }) => keyword === 'ARG' || keyword === 'ENV')
      .flatMap((instruction) =>
        instruction.pairs
          .filter(([name]) => SECRET_RE.test(name.toUpperCase()) && !PUBLIC_RE.test(name))
          .map(([name]) => ({
            message: `${name} stays readable in the image’s history.`,
            line: instruction.line,
          })),
      ),
  ),
  PD022: ofDockerfile(({ stages }) =>
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
  PD023: ofDockerfile((file) =>
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
  PD083: ofDockerfile((_file, last) =>
    /^(?:dev|development|test|tests|migrate)$/.test(last.name ?? '')
      ? [
          {
            message: `A plain build gives the stage "${last.name}": the shipped one must come last.`,
            line: last.from.line,
          },
        ]
      : [],
  ),
  PD025: ofDockerfile((_file, last) =>
    isFrom(last, /^(?:nginx|httpd|caddy)$/)
      ? [{ message: 'This server starts as root.', line: last.from.line }]
      : [],
  ),
}
