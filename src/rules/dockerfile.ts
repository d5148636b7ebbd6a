import type { Rule } from './types.ts'

const REFERENCE = 'https://docs.docker.com/reference/dockerfile/'
const PRACTICES = 'https://docs.docker.com/build/building/best-practices/'

/** Rules for the stages that build: what they start from, what they see, what they leave behind. */
export const DOCKERFILE_RULES: readonly Rule[] = [
  {
    id: 'PD001',
    title: 'Current syntax, and checks that stop the build',
    why: 'The first line fetches the newest Dockerfile frontend, so that mounts and --link work on older engines too. The second makes each of Docker’s own build checks an error: a warning that nobody reads helps nobody.',
    refs: ['https://docs.docker.com/reference/build-checks/', `${REFERENCE}#syntax`],
    artefact: 'dockerfile',
  },
  {
    id: 'PD002',
    title: 'Base image pinned to a version and a distribution',
    why: 'A tag like node:slim changes its version and its Debian release on a day that somebody else picks. With both in the tag only fixes arrive.',
    refs: ['hadolint DL3006', 'hadolint DL3007', 'CIS Docker 4.2', `${PRACTICES}#pin-base-image-versions`],
    artefact: 'dockerfile',
  },
  {
    id: 'PD003',
    title: 'Several stages; no toolchain in the last one',
    why: 'Compilers, headers and package managers are needed to build and are only weight and holes in production. What a build stage holds never reaches the image.',
    refs: ['CIS Docker 4.3', 'https://docs.docker.com/build/building/multi-stage/'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD004',
    title: 'The dependency layer sees manifests only',
    why: 'Dependencies are installed before the source is there, so an edit of the source leaves that layer as it is and a rebuild takes seconds.',
    refs: ['https://docs.docker.com/build/cache/optimize/#order-your-layers'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD008',
    title: 'The app’s files belong to root',
    why: 'An app that can change its own code keeps what an attacker wrote there. It runs as another user, who may write only to folders given one by one; a chown -R afterwards would store every file twice.',
    refs: ['https://docs.docker.com/build/building/best-practices/#user'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD019',
    title: 'Build secrets are mounted, never written',
    why: 'A build argument and an ENV stay readable in the image’s history for everybody who can pull it. A secret mount is there while one command runs, and in no layer.',
    refs: [
      'build check SecretsUsedInArgOrEnv',
      'CIS Docker 4.10',
      'https://docs.docker.com/build/building/secrets/',
    ],
    artefact: 'dockerfile',
  },
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
  {
    id: 'PD022',
    title: 'A runtime that still gets fixes',
    why: 'After its end of life a runtime gets no security fixes, and its image is no longer rebuilt. The next version that is supported is taken, and the change is reported.',
    refs: ['https://github.com/nodejs/Release', 'https://devguide.python.org/versions/'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD023',
    title: 'COPY --link where the place is free',
    why: 'A linked layer does not depend on those below it: after a change of the base image it is reused as it is, and never sent again. It must not go where the base has links of its own, as in /bin, since it would replace them.',
    refs: [`${REFERENCE}#copy---link`],
    artefact: 'dockerfile',
  },
  {
    id: 'PD083',
    title: 'A target for development',
    why: 'Development runs in a stage of the same file, with all dependencies and reload on change, so that it does not drift from production. The last stage is the image that is shipped: a build without --target gives that one.',
    refs: ['https://docs.docker.com/build/building/multi-stage/#stop-at-a-specific-build-stage'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD084',
    title: 'A target for the tests',
    why: 'The tests run on the same base and the same dependencies as production, on each machine and in the pipeline alike. Nothing of them reaches the image.',
    refs: ['https://docs.docker.com/build/building/multi-stage/'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD025',
    title: 'Static sites on nginx without root',
    why: 'A built site is files; a server that starts as root to open port 80 has rights that files do not need. The unprivileged image listens on 8080, writes below /tmp only, and runs as a number.',
    refs: ['https://hub.docker.com/r/nginxinc/nginx-unprivileged', 'CIS Docker 4.1'],
    artefact: 'dockerfile',
  },
]
