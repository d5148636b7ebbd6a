import { lookInside } from '../image/look.ts'
import { findSecrets } from '../image/secrets.ts'
import type { Step } from '../types.ts'
import { capped, count } from '../words.ts'

export const secretsStep: Step = {
  id: 'secrets',
  title: 'No secret in any layer',
  needs: ['build'],
  async run(verification) {
    const { contents, filesystem, image, workdir } = await lookInside(verification)
    const found = findSecrets(contents, filesystem, { env: image.config.env, workdir })
    const ours = contents.layers.filter((layer) => !layer.base)
    const files = ours.reduce((sum, layer) => sum + layer.files.length, 0)
    const seen = `${count(files, 'file')} in ${count(ours.length, 'layer')}, ${count(image.config.env.length, 'variable')}, ${count(contents.history.length, 'line')} of history`
    if (found.length === 0) return { status: 'pass', evidence: `No secret in ${seen}.`, data: { files } }
    const kinds = [...new Set(found.map(({ kind }) => kind))]
    return {
      status: 'fail',
      evidence: `${count(found.length, 'secret')} (${kinds.join(', ')}) in ${seen}.`,
      details: capped(
        found.map(({ where, kind, start, layer, isHidden }) => {
          const place = layer === null ? '' : `, layer ${layer} of ${contents.layers.length}`
          return `${where}: ${kind}${start ? ` (${start}…)` : ''}${place}${isHidden ? ', deleted later but still in the image' : ''}`
        }),
      ),
      data: { findings: found.map(({ where, kind, layer }) => ({ where, kind, layer })) },
    }
  },
}
