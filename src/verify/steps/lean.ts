import { findUnneeded } from '../image/lean.ts'
import { lookInside } from '../image/look.ts'
import type { Step } from '../types.ts'
import { bytesText, capped, count } from '../words.ts'

export const leanStep: Step = {
  id: 'contents',
  title: 'Only what runs',
  needs: ['build'],
  async run(verification) {
    const { contents, filesystem, strays, workdir } = await lookInside(verification)
    // The base has a package manager of its own: without knowing it, ours cannot be told from it.
    if (contents.base === null)
      return {
        status: 'skipped',
        evidence: `What the image adds to its base is not known: the base in ${verification.dockerfile} could not be found among the layers.`,
      }
    const { unneeded, development, others } = findUnneeded(filesystem, { workdir, strays })
    const ours = [...filesystem.files.values()].filter(
      ({ file, layer }) => !layer.base && file.type === 'file',
    )
    const notes = others.map(
      ({ name, bytes }) => `note: no production dependency asks for ${name} (${bytesText(bytes)})`,
    )
    if (unneeded.length === 0 && development.length === 0)
      return {
        status: 'pass',
        evidence: `${count(ours.length, 'file')} above ${contents.base}: no development dependency, cache, test, source map, package manager or compiler.`,
        details: capped(notes),
        data: { files: ours.length },
      }
    const found = [
      ...(development.length > 0 ? [count(development.length, 'development dependency')] : []),
      ...unneeded.map(
        ({ row, paths, bytes }) => `${count(paths.length, `${row.title} file`)} (${bytesText(bytes)})`,
      ),
    ]
    return {
      status: 'fail',
      evidence: `The image holds what does not run: ${found.join(', ')}.`,
      details: capped([
        ...development.map(({ name, bytes }) => `development dependency: ${name} (${bytesText(bytes)})`),
        ...unneeded.flatMap(({ row, paths }) => paths.slice(0, 5).map((path) => `${row.title}: ${path}`)),
        ...notes,
      ]),
      data: {
        development: development.map(({ name }) => name),
        unneeded: unneeded.map(({ row, paths, bytes }) => ({ id: row.id, files: paths.length, bytes })),
      },
    }
  },
}
