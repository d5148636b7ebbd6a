import { render } from '../render.ts'
import type { Artefact } from './types.ts'

/** The language precomputed all that its template prints. */
export const dockerfileArtefact: Artefact = {
  id: 'dockerfile',
  title: 'how the image is built',
  needs: [],
  group: 'image',
  facts: [
    'runtimeVersion',
    'framework',
    'output',
    'packageManager',
    'module',
    'build',
    'start',
    'port',
    'basePath',
    'healthPath',
    'migrations',
    'nativePackages',
    'publicVars',
    'base',
  ],
  render: ({ app }) => [
    {
      id: 'dockerfile',
      path: 'Dockerfile',
      kind: 'dockerfile',
      rendered: render(app.dockerfile.template, app.dockerfile.data),
    },
  ],
}
