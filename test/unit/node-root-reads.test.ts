import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { rootReads } from '../../src/languages/node/root-reads.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const FILES = {
  'package.json': {},
  'emojis.json': '{}',
  'words/en/a.json': '{}',
  'words/en/b.json': '{}',
  'src/mail/letters/hello.hbs': '',
  'src/mail/letters/bye.hbs': '',
  'src/mail/send.ts': '',
  'plugins/plain.js': '',
  'secret/a.txt': '',
  'dist/x/y.json': '{}',
  '.gitignore': 'secret/\ndist\n',
}
const reads = (code: string, files: Record<string, string> = {}) =>
  rootReads(projectOf({ ...FILES, 'src/base/app.ts': code, ...files }), 'dist', 'dist/base/app.js')

describe('what built code reads from the root comes with it', () => {
  it.each<[string, string[]]>([
    ["path.resolve(process.cwd(), 'words/')", ['words']],
    ["join(process.cwd(), 'words', lang, 'a.json')", ['words']],
    ["join(process.cwd(), 'words', 'en', 'a.json')", ['words/en/a.json']],
    ["join(process.cwd(), 'words/en/a.json'); join(process.cwd(), 'words/en/b.json')", ['words/en']],
    ['readdir(`${process.cwd()}/words`)', ['words']],
    ["fs.readFileSync('./emojis.json')", ['emojis.json']],
    ["app.use(express.static('words'))", ['words']],
    ["import emojis from '../../emojis.json' with { type: 'json' }", ['emojis.json']],
    ["path.join(__dirname, '..', '..', 'words')", ['words']],
    ["path.join(process.cwd(), 'plugins')", ['plugins']],
    ["path.join(config.get('root'), 'src', 'mail', 'letters', 'hello.hbs')", ['src/mail/letters/hello.hbs']],
    [
      "path.join(root, 'src/mail/letters', 'hello.hbs'); path.join(root, 'src/mail/letters', 'bye.hbs')",
      ['src/mail/letters'],
    ],
  ])('%s', async (code, expected) => expect(reads(code)).toEqual(expected))

  it.each([
    // Some other folder may have one of that name.
    "path.join(folder, 'words')",
    // The build decides what is there.
    "path.join(__dirname, '../mail/letters')",
    // Compiled code, what the image has anyway, and what no clone has.
    "path.join(process.cwd(), 'src/mail')",
    "path.join(process.cwd(), 'dist', 'x')",
    "path.join(process.cwd(), 'package.json')",
    "path.join(process.cwd(), 'secret')",
    "path.join(process.cwd(), 'nowhere')",
    "path.join(process.cwd(), '..', 'words')",
    "// path.join(process.cwd(), 'words')",
  ])('not %s', (code) => expect(reads(code)).toEqual([]))

  it('not for tools of the project, and nothing that .dockerignore hides', () => {
    const code = "path.join(process.cwd(), 'words')"
    expect(reads('', { 'scripts/translate.ts': code })).toEqual([])
    expect(reads(code, { '.dockerignore': 'words\n' })).toEqual([])
  })
})

it('keeps in the context what it copies, under a name that output has elsewhere', async () => {
  const files = {
    'package.json': {
      scripts: { build: 'tsc', start: 'node dist/main.js' },
      dependencies: { express: '^5' },
    },
    'tsconfig.json': { compilerOptions: { outDir: 'dist' } },
    'src/main.ts': "app.use(express.static(path.join(process.cwd(), 'panel', 'dist')))\napp.listen(3000)\n",
    'panel/dist/index.html': '',
  }
  const written = async (more: Record<string, string>) => {
    const found = await node.inspect(projectOf({ ...files, ...more }), {})
    const { ignore, dockerfile } = found.model({ services: [], answers: {} })
    return [
      String(dockerfile.data['copies']).includes('/app/panel/dist'),
      ignore.filter((line) => /dist$/.test(line)),
    ]
  }
  const kept = [true, ['**/dist', '!panel/dist']]
  expect(await written({ '.gitignore': '/dist\n' })).toEqual(kept)
  // The second run sees what the first one wrote.
  expect(await written({ '.gitignore': '/dist\n', '.dockerignore': '**/dist\n!panel/dist\n' })).toEqual(kept)
  expect(await written({ '.gitignore': 'dist\n' })).toEqual([false, ['**/dist']])
})
