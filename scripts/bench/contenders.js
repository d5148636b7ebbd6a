import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { GENERATOR, YARDSTICKS } from './cases.js'
import { run } from './engine.js'

/** Who builds an app: ours first. */
export function contendersOf({ name, yardsticks }) {
  return [
    { id: 'ours', title: 'create-prod-docker' },
    ...yardsticks.map((id) => ({ id, title: YARDSTICKS[id].title })),
    ...(name.startsWith('node-') ? [{ id: 'generator', title: GENERATOR.name }] : []),
  ]
}

/** A copy of the app with a contender's files; `notes` say what else those files did to it. */
export async function prepare(root, row, { id }, folder, { signal } = {}) {
  const fixture = join(root, 'test', 'fixtures', row.name)
  mkdirSync(folder, { recursive: true })
  cpSync(join(fixture, 'project'), folder, { recursive: true })
  // The same bytes that a run writes: test/fixtures.test.ts holds it to them.
  if (id === 'ours') cpSync(join(fixture, 'expected', 'files'), folder, { recursive: true })
  else if (id === 'generator') return { notes: await generate(row, folder, signal) }
  else {
    const bench = join(root, 'test', 'bench')
    cpSync(join(bench, row.name, `${id}.Dockerfile`), join(folder, 'Dockerfile'))
    const language = row.name.split('-')[0]
    if (YARDSTICKS[id].ignore) cpSync(join(bench, `${language}.dockerignore`), join(folder, '.dockerignore'))
  }
  return { notes: [] }
}

/** Under the Node.js that ours take, with the app's own package manager at hand: as its users run it. */
async function generate({ tools = [] }, folder, signal) {
  const before = texts(folder)
  const packages = ['node@24', ...tools, `${GENERATOR.name}@${GENERATOR.version}`]
  const { code, all } = await run(
    'npx',
    ['--yes', ...packages.map((name) => `--package=${name}`), 'dockerfile', '--force'],
    { cwd: folder, signal },
  )
  if (code !== 0 || !existsSync(join(folder, 'Dockerfile')))
    throw new Error(`it writes nothing: ${all.split('\n').at(-1)}`)
  const after = texts(folder)
  const changed = [...after].filter(([path, text]) => before.get(path) !== text)
  const list = (kind) =>
    changed.filter(([path]) => before.has(path) === (kind === 'changes')).map(([path]) => path)
  const said = ['adds', 'changes'].map((kind) => [kind, list(kind).join(', ')]).filter(([, paths]) => paths)
  return [`${GENERATOR.name} ${said.map((pair) => pair.join(' ')).join('; ')}.`]
}

function texts(folder) {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes('node_modules'))
      .map((path) => [relative(folder, path), readFileSync(path, 'latin1')]),
  )
}

/** One line of the app, other than in any build before: what was built once is cached. */
export function editLine(folder, { file, from, to }, mark) {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} lacks ${from}`)
  writeFileSync(
    path,
    text.replace(from, () => to.replace(/[a-z]+/i, (word) => word + mark)),
  )
  return () => writeFileSync(path, text)
}
