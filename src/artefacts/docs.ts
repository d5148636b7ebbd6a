import { render } from '../render.ts'
import { diagrams } from './docs-diagrams.ts'
import { docsModel } from './docs-model.ts'
import type { Artefact } from './types.ts'

/** `DOCKER.md`: the page that a colleague opens who has never seen the project. */
export const docsArtefact: Artefact = {
  id: 'docs',
  title: 'a page for the next person',
  needs: ['dockerfile'],
  group: 'docs',
  facts: ['language', 'framework', 'start', 'port', 'services', 'migrations', 'envVars'],
  render: (input) => [
    {
      id: 'docs',
      path: 'DOCKER.md',
      kind: 'text',
      rendered: render('shared/DOCKER.md.ejs', { ...docsModel(input), ...diagrams(input) }),
    },
  ],
}
