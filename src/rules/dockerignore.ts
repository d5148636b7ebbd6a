import type { Rule } from './types.ts'

const CONTEXT = 'https://docs.docker.com/build/concepts/context/#dockerignore-files'

export const DOCKERIGNORE_RULES: readonly Rule[] = [
  {
    id: 'PD030',
    title: 'Secrets never enter the context',
    why: 'COPY . . takes all that was sent. A key that is never sent can be in no layer, not even by mistake.',
    refs: [CONTEXT, 'CIS Docker 4.10'],
    artefact: 'dockerignore',
  },
  {
    id: 'PD031',
    title: 'Dependencies, output and history stay out of the context',
    why: 'What the build makes by itself is only in its way: a node_modules of another system overwrites the right one, and each commit changes .git and with it every layer after COPY.',
    refs: [CONTEXT, 'https://docs.docker.com/build/cache/optimize/#keep-the-context-small'],
    artefact: 'dockerignore',
  },
  {
    id: 'PD032',
    title: 'What the build needs is never ignored',
    why: 'A lockfile, or a README that the manifest names, that is missing in the context breaks the build in a way that is hard to see. Such files are taken back in.',
    refs: ['build check CopyIgnoredFile', CONTEXT],
    artefact: 'dockerignore',
  },
]
