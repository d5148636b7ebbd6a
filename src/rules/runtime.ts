import { assignments, checkedDockerfile, each, effective, isFrom, type Problem, script } from './checks.ts'
import type { Rule } from './types.ts'

const PRACTICES = 'https://docs.docker.com/build/building/best-practices/'
const MANAGER_RE = /^(?:npm|npx|yarn|pnpm|pnpx|bunx|poetry|pipenv|pdm)$/

/** Rules for the image that is shipped: who runs what in it, and how one sees that it works. */
export const RUNTIME_RULES: readonly Rule[] = [
  checkedDockerfile(
    {
      id: 'PD009',
      title: 'A numeric user that is not root',
      why: 'Root in a container is root on the host as soon as one thing goes wrong. A number and not a name, since Kubernetes cannot verify a name and refuses to start the container.',
      refs: ['hadolint DL3002', 'hadolint DL3066', 'CIS Docker 4.1', `${PRACTICES}#user`],
    },
    (_file, last) => {
      const user = effective(last, 'USER')
      if (!user) return [{ message: 'No USER: the app runs as root.', line: last.from.line }]
      if (/^(?:0|root)(?::|$)/.test(user.args)) return [{ message: 'The app runs as root.', line: user.line }]
      return /^\d+(?::\d+)?$/.test(user.args)
        ? []
        : [
            {
              message: `USER ${user.args} is a name: Kubernetes can’t verify that it is not root.`,
              line: user.line,
            },
          ]
    },
  ),
  checkedDockerfile(
    {
      id: 'PD010',
      title: 'The program itself is process 1',
      why: 'In exec form the signal to stop reaches the program. A shell or a package manager in between swallows it, and the app is killed after ten seconds in the middle of its work.',
      refs: [
        'hadolint DL3025',
        'build check JSONArgsRecommended',
        'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd',
      ],
    },
    (_file, last) =>
      (['CMD', 'ENTRYPOINT'] as const).flatMap((keyword): Problem[] => {
        const instruction = effective(last, keyword)
        return instruction && !instruction.json
          ? [
              {
                message: `${keyword} is not in exec form: a shell becomes process 1.`,
                line: instruction.line,
              },
            ]
          : []
      }),
  ),
  {
    id: 'PD011',
    title: 'The stop signal reaches an app that does not listen for it',
    why: 'The kernel ignores SIGTERM for process 1 unless the program handles it. Where the code has no handler, a small init stands before the app and passes the signal on.',
    refs: [
      'https://github.com/krallin/tini',
      'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#handling-kernel-signals',
    ],
    artefact: 'dockerfile',
  },
  checkedDockerfile(
    {
      id: 'PD012',
      title: 'A health check that needs nothing but the app’s own runtime',
      why: 'curl is not in slim images, and one more program to patch where it is. The check asks 127.0.0.1, since localhost may mean ::1, where the app does not listen; it starts soon and is patient with a slow start.',
      refs: [
        'hadolint DL3057',
        'CIS Docker 4.6',
        'https://docs.docker.com/reference/dockerfile/#healthcheck',
      ],
    },
    (_file, last) => {
      const instruction = effective(last, 'HEALTHCHECK')
      if (!instruction || /^NONE$/i.test(instruction.args)) return []
      const probe = script(instruction)
      return [
        ...(/\/\/localhost\b/.test(probe)
          ? [
              {
                message: 'The health check asks localhost, which may be ::1: use 127.0.0.1.',
                line: instruction.line,
              },
            ]
          : []),
        ...(/\b(?:curl|wget)\b/.test(probe) && !isFrom(last, /nginx|busybox|alpine/)
          ? [
              {
                message: 'The health check needs a program that the image should not have.',
                line: instruction.line,
              },
            ]
          : []),
      ]
    },
  ),
  {
    id: 'PD013',
    title: 'Distroless where it is safe',
    why: 'An image without shell and package manager has far less to patch, and gives an attacker nothing to work with. It is taken where the app needs no system library and no shell; else the slim image is.',
    refs: ['https://github.com/GoogleContainerTools/distroless', 'CIS Docker 4.3'],
    artefact: 'dockerfile',
  },
  checkedDockerfile(
    {
      id: 'PD015',
      title: 'No corepack',
      why: 'Node.js ships no corepack from version 25 on: a Dockerfile that calls it breaks with the next base image. The package manager is installed by its exact version instead.',
      refs: ['https://github.com/nodejs/corepack#readme', 'https://github.com/nodejs/docker-node'],
    },
    (file) =>
      [...each(file, 'RUN')]
        .filter(({ instruction }) => /\bcorepack (?:enable|prepare|use|install)\b/.test(script(instruction)))
        .map(({ instruction }) => ({
          message: 'corepack is not in newer images of Node.js.',
          line: instruction.line,
        })),
  ),
  checkedDockerfile(
    {
      id: 'PD017',
      title: 'The heap follows the memory limit',
      why: 'A fixed heap size is wrong as soon as somebody changes the container’s limit: the app dies early, or is killed by the kernel. A share of the limit is right for each.',
      refs: ['https://nodejs.org/api/cli.html'],
    },
    (file) =>
      file.stages
        .flatMap(({ instructions }) => instructions)
        .filter(({ args }) => /--max[-_]old[-_]space[-_]size=\d/.test(args))
        .map(({ line }) => ({
          message: 'The heap has a fixed size, whatever the container’s limit is.',
          line,
        })),
  ),
  checkedDockerfile(
    {
      id: 'PD018',
      title: 'Production mode only once everything is built',
      why: 'NODE_ENV=production makes package managers leave out the build’s own tools. So it is set in the image that runs, and not in the stages before.',
      refs: ['https://docs.npmjs.com/cli/commands/npm-ci#omit'],
    },
    (file, last) =>
      [...each(file, 'ENV')]
        .filter(({ stage, instruction }) => {
          if (
            stage === last ||
            !assignments(instruction).some(([name, value]) => name === 'NODE_ENV' && value === 'production')
          )
            return false
          const later = stage.instructions.slice(stage.instructions.indexOf(instruction))
          return later.some(
            (run) =>
              run.keyword === 'RUN' &&
              /\b(?:npm (?:ci|install)|pnpm install|yarn install|bun install)\b/.test(script(run)) &&
              !/--(?:omit=dev|prod|production|include=dev)\b/.test(script(run)),
          )
        })
        .map(({ instruction }) => ({
          message: 'NODE_ENV=production before the install leaves out what the build needs.',
          line: instruction.line,
        })),
  ),
  checkedDockerfile(
    {
      id: 'PD021',
      title: 'Migrations are a step of their own',
      why: 'In the start command each replica would migrate at once, and a failed migration would restart the app for ever. A target and a one-shot service run it once per release, before the app.',
      refs: [
        'https://docs.docker.com/compose/how-tos/startup-order/',
        'https://www.prisma.io/docs/orm/prisma-client/deployment/deploy-database-changes-with-prisma-migrate',
      ],
    },
    (_file, last) =>
      (['CMD', 'ENTRYPOINT'] as const).flatMap((keyword): Problem[] => {
        const instruction = effective(last, keyword)
        return instruction &&
          last.name !== 'migrate' &&
          /\bmigrate\b|\balembic\b.*\bupgrade\b|\bdb:(?:migrate|push)\b|\bmigration:run\b/.test(
            script(instruction),
          )
          ? [{ message: 'Each replica migrates the database when it starts.', line: instruction.line }]
          : []
      }),
  ),
  checkedDockerfile(
    {
      id: 'PD024',
      title: 'The app listens on all addresses of its container',
      why: '127.0.0.1 in a container is the container itself: nobody else reaches it, published port or not. What may reach it is decided outside, by ports and networks.',
      refs: ['https://docs.docker.com/engine/network/port-publishing/'],
    },
    (_file, last) => {
      const command = effective(last, 'CMD')
      const found: Problem[] = last.instructions
        .filter(({ keyword }) => keyword === 'ENV')
        .flatMap((env) =>
          assignments(env)
            .filter(
              ([name, value]) =>
                /^(?:HOST|HOSTNAME|NITRO_HOST|UVICORN_HOST|BIND)$/.test(name) &&
                /^(?:127\.|localhost)/.test(value),
            )
            .map(([name]) => ({
              message: `${name} lets only the container itself reach the app.`,
              line: env.line,
            })),
        )
      if (
        command &&
        /(?:--(?:host|bind|address|hostname)[= ]|-[bHh] )(?:127\.0\.0\.1|localhost)\b/.test(script(command))
      )
        found.push({
          message: 'The app listens on the container’s own loopback address.',
          line: command.line,
        })
      return found
    },
  ),
  checkedDockerfile(
    {
      id: 'PD026',
      title: 'Cache headers and the fallback page',
      why: 'Files with a hash in their name never change and may be kept for a year; the page that names them must be asked for each time, or a visitor gets yesterday’s app. An address that the app routes by itself is answered with its page.',
      refs: [
        'https://web.dev/articles/http-cache',
        'https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files',
      ],
    },
    (_file, _last, text) => {
      if (!/\bserver\s*\{/.test(text)) return []
      return [
        ...(/Cache-Control/i.test(text) ? [] : [{ message: 'The server sends no Cache-Control.' }]),
        ...(/\btry_files\b/.test(text)
          ? []
          : [{ message: 'The server has no try_files: addresses of the app’s own answer 404.' }]),
      ]
    },
  ),
  checkedDockerfile(
    {
      id: 'PD027',
      title: 'Security headers, and a route for the health check',
      why: 'nosniff, a frame rule and a referrer rule cost nothing and close well-known holes. /healthz answers without touching the site, so that the check says whether the server works.',
      refs: ['https://owasp.org/www-project-secure-headers/'],
    },
    (_file, _last, text) => {
      if (!/\bserver\s*\{/.test(text)) return []
      return [
        ...(/X-Content-Type-Options/i.test(text)
          ? []
          : [{ message: 'The server sends no X-Content-Type-Options.' }]),
        ...(/location\s*=?\s*\/health/.test(text)
          ? []
          : [{ message: 'The server has no route for the health check.' }]),
      ]
    },
  ),
  {
    id: 'PD028',
    title: 'Only the framework’s own output is shipped',
    why: 'Next.js (standalone), Nuxt, SvelteKit and others trace what the server really imports and put it in one folder. That folder is all that the image needs, without node_modules of the whole project.',
    refs: [
      'https://nextjs.org/docs/app/api-reference/config/next-config-js/output',
      'https://nitro.build/deploy/runtimes/node',
    ],
    artefact: 'dockerfile',
  },
  {
    id: 'PD029',
    title: 'Native engines match the image that runs them',
    why: 'A query engine or an addon is compiled for one libc and one OpenSSL. Build and run stages have the same Debian release, so that what was fetched in one loads in the other.',
    refs: ['https://www.prisma.io/docs/orm/reference/prisma-schema-reference#binarytargets-options'],
    artefact: 'dockerfile',
  },
  checkedDockerfile(
    {
      id: 'PD092',
      title: 'Started by a package manager or a shell, for want of better',
      why: 'The start script could not be taken apart into one program with its arguments, so what the project has is started as it is. Signals then pass through one more process; a plain command in the script mends it.',
      refs: ['https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd'],
    },
    (_file, last) => {
      const command = effective(last, 'CMD')
      const [program = '', flag = ''] = command?.json ?? []
      const name = program.split('/').pop() as string
      return command &&
        (MANAGER_RE.test(name) || (/^(?:sh|bash|ash|dash)$/.test(name) && flag.startsWith('-')))
        ? [{ message: `The app is started through ${name}.`, line: command.line }]
        : []
    },
  ),
]
