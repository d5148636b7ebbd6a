import type { Rule } from './types.ts'

const PRACTICES = 'https://docs.docker.com/build/building/best-practices/'

/** Rules for the image that is shipped: who runs what in it, and how one sees that it works. */
export const RUNTIME_RULES: readonly Rule[] = [
  {
    id: 'PD009',
    title: 'A numeric user that is not root',
    why: 'Root in a container is root on the host as soon as one thing goes wrong. A number and not a name, since Kubernetes cannot verify a name and refuses to start the container.',
    refs: ['hadolint DL3002', 'hadolint DL3066', 'CIS Docker 4.1', `${PRACTICES}#user`],
    artefact: 'dockerfile',
  },
  {
    id: 'PD010',
    title: 'The program itself is process 1',
    why: 'In exec form the signal to stop reaches the program. A shell or a package manager in between swallows it, and the app is killed after ten seconds in the middle of its work.',
    refs: [
      'hadolint DL3025',
      'build check JSONArgsRecommended',
      'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd',
    ],
    artefact: 'dockerfile',
  },
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
  {
    id: 'PD012',
    title: 'A health check that needs nothing but the app’s own runtime',
    why: 'curl is not in slim images, and one more program to patch where it is. The check asks 127.0.0.1, since localhost may mean ::1, where the app does not listen; it starts soon and is patient with a slow start.',
    refs: ['hadolint DL3057', 'CIS Docker 4.6', 'https://docs.docker.com/reference/dockerfile/#healthcheck'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD013',
    title: 'Distroless where it is safe',
    why: 'An image without shell and package manager has far less to patch, and gives an attacker nothing to work with. It is taken where the app needs no system library and no shell; else the slim image is.',
    refs: ['https://github.com/GoogleContainerTools/distroless', 'CIS Docker 4.3'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD015',
    title: 'No corepack',
    why: 'Node.js ships no corepack from version 25 on: a Dockerfile that calls it breaks with the next base image. The package manager is installed by its exact version instead.',
    refs: ['https://github.com/nodejs/corepack#readme', 'https://github.com/nodejs/docker-node'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD017',
    title: 'The heap follows the memory limit',
    why: 'A fixed heap size is wrong as soon as somebody changes the container’s limit: the app dies early, or is killed by the kernel. A share of the limit is right for each.',
    refs: ['https://nodejs.org/api/cli.html'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD018',
    title: 'Production mode only once everything is built',
    why: 'NODE_ENV=production makes package managers leave out the build’s own tools. So it is set in the image that runs, and not in the stages before.',
    refs: ['https://docs.npmjs.com/cli/commands/npm-ci#omit'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD021',
    title: 'Migrations are a step of their own',
    why: 'In the start command each replica would migrate at once, and a failed migration would restart the app for ever. A target and a one-shot service run it once per release, before the app.',
    refs: [
      'https://docs.docker.com/compose/how-tos/startup-order/',
      'https://www.prisma.io/docs/orm/prisma-client/deployment/deploy-database-changes-with-prisma-migrate',
    ],
    artefact: 'dockerfile',
  },
  {
    id: 'PD024',
    title: 'The app listens on all addresses of its container',
    why: '127.0.0.1 in a container is the container itself: nobody else reaches it, published port or not. What may reach it is decided outside, by ports and networks.',
    refs: ['https://docs.docker.com/engine/network/port-publishing/'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD026',
    title: 'Cache headers and the fallback page',
    why: 'Files with a hash in their name never change and may be kept for a year; the page that names them is asked for each time, or a visitor gets yesterday’s app. Addresses that the app routes itself get that page.',
    refs: [
      'https://web.dev/articles/http-cache',
      'https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files',
    ],
    artefact: 'dockerfile',
  },
  {
    id: 'PD027',
    title: 'Security headers, and a route for the health check',
    why: 'nosniff, a frame rule and a referrer rule cost nothing and close well-known holes. /healthz answers without touching the site, so that the check says whether the server works.',
    refs: ['https://owasp.org/www-project-secure-headers/'],
    artefact: 'dockerfile',
  },
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
  {
    id: 'PD092',
    title: 'Started by a package manager or a shell, for want of better',
    why: 'The start script could not be taken apart into one program with its arguments, so what the project has is started as it is. Signals then pass through one more process; a plain command in the script mends it.',
    refs: ['https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd'],
    artefact: 'dockerfile',
  },
]
