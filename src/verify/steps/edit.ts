import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, workOf } from '../build.ts'
import { fileToEdit, SOURCE_EXTENSIONS, withOneLine } from '../edited.ts'
import { packedBytes } from '../image/packed.ts'
import { inspectImage } from '../inspect.ts'
import type { Outcome, Step, Verification } from '../types.ts'
import { bytesText } from '../words.ts'

export const edit: Step = {
  id: 'edit',
  title: 'One edited line',
  needs: ['build'],
  async run(v) {
    const path = fileToEdit(v.project.sources(SOURCE_EXTENSIONS))
    if (path === null) return { status: 'skipped', evidence: 'No source file was found to edit.' }
    // Never in the person's own folder: in what the builder is sent of it.
    const folder = mkdtempSync(join(tmpdir(), 'create-prod-docker-'))
    try {
      return await editIn(v, folder, path)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

async function editIn(v: Verification, folder: string, path: string): Promise<Outcome> {
  const sent = await v.engine.run(['build', '--file', '-', '--output', `type=local,dest=${folder}`, '.'], {
    cwd: v.project.root,
    input: 'FROM scratch\nCOPY . /\n',
    signal: v.signal,
    env: { BUILDKIT_PROGRESS: 'plain' },
  })
  if (sent.code !== 0)
    return { status: 'skipped', evidence: 'The build context could not be copied.', output: sent.all }
  const file = join(folder, path)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return { status: 'skipped', evidence: `${path} is not sent to the builder, so it was not edited.` }
  }
  const tag = v.session.image('edited')
  const edited = async (mark: string) => {
    writeFileSync(file, withOneLine(path, text, mark))
    const start = performance.now()
    const done = await build(v, { tag, context: folder })
    const work = workOf(done.all)
    // The app itself may be installed anew; what it stands on may not.
    const installs = work.ran.filter(
      (name) => INSTALL_RE.test(name) && !/--no-deps (?!.*--requirement)|--only-root/.test(name),
    )
    return { ...done, ...work, installs, seconds: (performance.now() - start) / 1000 }
  }
  let done = await edited(v.session.id)
  // An engine drops what it has no room for: an install that depends on the source runs with the next edit too.
  if (done.code === 0 && done.installs.length > 0) done = await edited(`${v.session.id}-again`)
  if (done.code !== 0)
    return { status: 'skipped', evidence: `${path} with one more line does not build.`, output: done.all }
  const before = v.image as NonNullable<typeof v.image>
  const after = await inspectImage(v, tag)
  const known = new Set(before.layers)
  const changed = after?.layers.filter((layer) => !known.has(layer)).length ?? 0
  const { cached, installs, seconds } = done
  if (changed === 0)
    return {
      status: 'skipped',
      evidence: `One more line in ${path} left the image as it was, so nothing is proven by it.`,
      data: { file: path, seconds: done.seconds },
    }
  const { bytes, packed } = await packedBytes(
    v.engine.stream([...v.engine.info.dialect.save, tag], { signal: v.signal }),
    known,
  )
  const data = { file: path, seconds, layers: changed, bytes, compressedBytes: packed }
  if (installs.length > 0)
    return {
      status: 'fail',
      evidence: `One more line in ${path} installs the dependencies again: copy the manifests before the source.`,
      details: installs,
      data,
    }
  return {
    status: 'pass',
    evidence: `${path}: rebuilt in ${seconds.toFixed(1)} s, ${cached.length} instructions from the cache; ${changed} of ${after?.layers.length} layers changed, ${bytesText(packed)} to push.`,
    data,
  }
}

/** What fetches dependencies, in the words of every package manager that we know. */
const INSTALL_RE =
  /\b(npm (ci|i|install)|pnpm (i|install|fetch)|yarn (install|workspaces focus|--frozen-lockfile|--immutable)|bun (i|install)|pip install|pip3 install|uv (sync|pip install)|poetry install|pdm (install|sync)|pipenv (install|sync)|apt-get install)\b/
