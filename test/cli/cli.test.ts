import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { copyOf, filesBelow, fixtures, removeTemporaryFolders, temporaryFolder } from '../support/fixtures.ts'
import { cli, installPacked } from '../support/packed.ts'

afterAll(removeTemporaryFolders)

const fixture = (name: string) => {
  const found = fixtures().find((candidate) => candidate.name === name)
  if (!found) throw new Error(`no fixture ${name}`)
  return copyOf(found)
}
const express = () => fixture('node-express-ts')
const snapshot = (folder: string) =>
  filesBelow(folder).map((path) => [
    path,
    statSync(join(folder, path)).mtimeMs,
    readFileSync(join(folder, path), 'base64'),
  ])

describe('the package', () => {
  it('is one small tarball without dependencies', () => {
    const { tarball, folder } = installPacked()
    // The aim is 150,000; the way there is told in CONTRIBUTING.md.
    expect(statSync(tarball).size).toBeLessThanOrEqual(366_000)
    const manifest = JSON.parse(
      readFileSync(join(folder, 'node_modules/create-prod-docker/package.json'), 'utf8'),
    )
    expect(manifest.dependencies ?? {}).toEqual({})
    const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8'))
    expect(Object.keys(lock.packages)).toEqual(['node_modules/create-prod-docker'])
  })

  it('imports nothing but Node.js itself and its own files', () => {
    const dist = join(installPacked().folder, 'node_modules/create-prod-docker/dist')
    for (const file of filesBelow(dist)) {
      const text = readFileSync(join(dist, file), 'utf8')
      const imported = [
        ...text.matchAll(/\brequire\(\s*(["'`])([^"'`]+)\1\s*\)|\bimport\(\s*(["'`])([^"'`]+)\3\s*\)/g),
      ].map((match) => match[2] ?? match[4] ?? '')
      expect(imported.length, file).toBeGreaterThan(file === 'cli.cjs' ? 0 : -1)
      expect(
        imported.filter((name) => !isBuiltin(name) && !name.startsWith('./')),
        file,
      ).toEqual([])
    }
  })
})

describe('what a run loads', () => {
  /** Chunks of the package without their hashes, and modules of Node.js, of one run. */
  async function loaded(args: string[], cwd: string): Promise<{ chunks: string[]; node: string[] }> {
    const hook = join(temporaryFolder(), 'hook.cjs')
    const list = `${hook}.json`
    const seen = '{ files: Object.keys(require.cache), node: process.moduleLoadList }'
    const write = `require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(${seen}))`
    writeFileSync(hook, `process.on('exit', () => ${write})\n`)
    const done = await cli(args, { cwd, env: { NODE_OPTIONS: `--require ${hook}` } })
    expect(done.code, done.stderr).toBe(0)
    const { files, node } = JSON.parse(readFileSync(list, 'utf8')) as { files: string[]; node: string[] }
    const chunks = files.filter((file) => /[\\/]dist[\\/]/.test(file))
    return {
      chunks: chunks.map((file) => /([\w-]+?)(?:-[\w-]{8})?\.cjs$/.exec(file)?.[1] ?? file).sort(),
      node: node.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13)),
    }
  }

  it('is its language alone, and nothing that starts processes, talks to a network or asks', async () => {
    const root = express()
    const first = await loaded(['--yes'], root)
    expect(first.chunks).toEqual(['cli', 'core', 'node', 'rolldown-runtime', 'run', 'write'])
    const second = await loaded(['--yes'], root)
    expect(second.chunks).toEqual(['cli', 'core', 'node', 'rolldown-runtime', 'run'])
    for (const name of ['child_process', 'http', 'https', 'net', 'readline', 'worker_threads'])
      expect([...first.node, ...second.node]).not.toContain(name)
  })

  it('is next to nothing for --help', async () => {
    const help = await loaded(['--help'], temporaryFolder())
    expect(help.chunks).toEqual(['cli', 'core', 'help', 'rolldown-runtime'])
    for (const name of ['crypto', 'zlib', 'child_process']) expect(help.node).not.toContain(name)
  })

  it('is code of ASCII alone, which V8 reads in one go', () => {
    const dist = join(installPacked().folder, 'node_modules/create-prod-docker/dist')
    for (const file of filesBelow(dist).filter((name) => name.endsWith('.cjs')))
      expect(/[\u0080-\uffff]/.test(readFileSync(join(dist, file), 'utf8')), file).toBe(false)
  })
})

describe('without a terminal', () => {
  it.each([
    { how: 'a closed stdin', stdin: 'closed' as const, env: {} },
    { how: 'an open pipe', stdin: 'open' as const, env: {} },
    { how: 'CI=1', stdin: 'open' as const, env: { CI: '1' } },
  ])('never asks on $how', async ({ stdin, env }) => {
    const root = express()
    const { code, stdout, stderr } = await cli([], { cwd: root, stdin, env })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('create     Dockerfile')
    expect(stdout).not.toContain('\u001b[')
    expect(filesBelow(root)).toContain('Dockerfile')
  })

  it('writes nothing on a second run, and says so', async () => {
    const root = express()
    await cli(['--yes'], { cwd: root })
    const before = snapshot(root)
    const { code, stdout } = await cli(['--yes'], { cwd: root })
    expect(code).toBe(0)
    expect(stdout).toContain('Everything is up to date.')
    expect(stdout).not.toMatch(/^(create|update|skip|conflict) /m)
    expect(snapshot(root)).toEqual(before)
  })

  it.each(['--dry-run', '--diff', '--check'])('%s writes nothing', async (flag) => {
    const root = express()
    const before = snapshot(root)
    const { code, stdout } = await cli([flag], { cwd: root })
    expect(code).toBe(flag === '--check' ? 4 : 0)
    expect(snapshot(root)).toEqual(before)
    expect(stdout).toContain(flag === '--check' ? 'Not up to date.' : 'Nothing was written.')
    if (flag === '--diff') expect(stdout).toContain('+FROM node:')
  })

  it('--check is content after a run', async () => {
    const root = express()
    await cli(['--yes'], { cwd: root })
    const { code, stdout } = await cli(['--check'], { cwd: root })
    expect([code, stdout.includes('Up to date.')]).toEqual([0, true])
  })

  it('--json prints one document, and people text goes elsewhere', async () => {
    const root = express()
    const { code, stdout } = await cli(['--yes', '--json'], { cwd: root })
    const document = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(document).toMatchObject({ schema: 1, root, mode: 'create', exit: 0 })
    expect(document.facts.find((fact: { key: string }) => fact.key === 'framework')).toEqual({
      key: 'framework',
      value: 'express',
      source: 'package.json#dependencies.express',
      confidence: 'certain',
    })
    expect(
      document.files.map((file: { id: string; action: string }) => `${file.id} ${file.action}`),
    ).toContain('dockerfile create')
    const again = JSON.parse((await cli(['--yes', '--json'], { cwd: root })).stdout)
    expect(again.mode).toBe('upgrade')
    expect(new Set(again.files.map((file: { action: string }) => file.action))).toEqual(
      new Set(['unchanged']),
    )
  })

  it('an answer given by a flag is kept, and shown as its source', async () => {
    const root = express()
    await cli(['--yes', '--port', '4321'], { cwd: root })
    const { stdout } = await cli(['--yes', '--json'], { cwd: root })
    const port = JSON.parse(stdout).facts.find((fact: { key: string }) => fact.key === 'port')
    expect(port).toEqual({
      key: 'port',
      value: 4321,
      source: '.prod-docker/answers.json',
      confidence: 'certain',
    })
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain('EXPOSE 4321')
  })

  it('touches no file that it did not write, and says what it would gain by', async () => {
    const root = express()
    writeFileSync(join(root, 'Dockerfile'), 'FROM node:20\nCMD node dist/server.js\n')
    const { code, stdout } = await cli(['--yes'], { cwd: root })
    expect(code).toBe(3)
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toBe('FROM node:20\nCMD node dist/server.js\n')
    expect(stdout).toMatch(/advise +Dockerfile +yours; \d suggestions/)
    expect(stdout).toMatch(/2 +PD010 +CMD is not in exec form.* --take PD010/)
    expect(stdout).toMatch(/skip +compose.yaml +needs the stage dev/)
    expect(filesBelow(root)).not.toContain('compose.yaml')
    const { files } = JSON.parse((await cli(['--json'], { cwd: root })).stdout)
    const { advice } = files.find((file: { id: string }) => file.id === 'dockerfile')
    expect(advice.find((one: { rule: string }) => one.rule === 'PD010')).toEqual({
      rule: 'PD010',
      message: 'CMD is not in exec form: a shell becomes process 1.',
      line: 2,
      patch: { line: 2, remove: 1, add: ['CMD ["node", "dist/server.js"]'] },
    })
    const rules = [...new Set(advice.map((one: { rule: string }) => one.rule))].join()
    const args = ['--yes', '--no-compose', '--take', 'PD010', '--refuse', rules.replace('PD010,', '')]
    expect((await cli(args, { cwd: root })).code).toBe(0)
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toBe(
      'FROM node:20\nCMD ["node", "dist/server.js"]\n',
    )
    expect((await cli(['--check', '--no-compose'], { cwd: root })).code).toBe(0)
  })

  it('asks which of several files is the one, by exit 2 and a flag', async () => {
    const root = express()
    for (const name of ['Dockerfile.api', 'Dockerfile.worker'])
      writeFileSync(join(root, name), 'FROM node:24\n')
    mkdirSync(join(root, 'docker'))
    for (const name of ['compose.yml', 'docker/compose.yml'])
      writeFileSync(join(root, name), 'services: {}\n')
    const before = snapshot(root)
    const { code, stderr } = await cli(['--yes'], { cwd: root })
    expect(code).toBe(2)
    expect(stderr).toContain('Which Dockerfile is the app’s: Dockerfile.api, Dockerfile.worker?')
    expect(stderr).toContain('Which compose file is the app’s: compose.yml, docker/compose.yml?')
    expect(stderr).toContain('Pass --adopt dockerfile=Dockerfile.api --adopt compose=compose.yml,')
    expect(snapshot(root)).toEqual(before)
    const args = ['--yes', '--adopt', 'dockerfile=Dockerfile.worker', '--adopt', 'compose=compose.yml']
    const adopted = await cli(args, { cwd: root })
    expect(adopted.stdout).toMatch(/advise +Dockerfile.worker/)
    expect((await cli(['--yes'], { cwd: root })).stdout).toMatch(/advise +Dockerfile.worker/)
  })

  it('never puts a compose.yaml beside a docker-compose.yml', async () => {
    const root = express()
    writeFileSync(join(root, 'docker-compose.yml'), 'services: {}\n')
    const { code, stdout } = await cli(['--yes'], { cwd: root })
    expect(code).toBe(0)
    expect(stdout).toMatch(/keep +docker-compose.yml +yours/)
    expect(filesBelow(root)).not.toContain('compose.yaml')
    expect(filesBelow(root)).toContain('Dockerfile')
  })

  it('never overwrites an edit', async () => {
    const root = express()
    await cli(['--yes'], { cwd: root })
    const path = join(root, 'Dockerfile')
    const edited = readFileSync(path, 'utf8').replace('WORKDIR /app', 'WORKDIR /srv')
    writeFileSync(path, edited)
    expect((await cli(['--yes'], { cwd: root })).code).toBe(0)
    const changed = await cli(['--yes', '--port', '4321'], { cwd: root })
    expect(changed.code).toBe(0)
    expect(changed.stdout).toMatch(/merge +Dockerfile +your edits are kept/)
    expect(readFileSync(path, 'utf8')).toContain('WORKDIR /srv\n')
    expect(readFileSync(path, 'utf8')).toContain('EXPOSE 4321\n')
  })
})

describe('usage', () => {
  it('--help is one screen with examples and exit codes', async () => {
    const { code, stdout } = await cli(['--help'], { cwd: temporaryFolder() })
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(52)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(stdout).toContain('Examples')
    expect(stdout).toContain('Exit codes')
  })

  it.each([
    { args: ['--prot', '3000'], says: 'There is no flag --prot.', hint: 'Did you mean --port?' },
    { args: ['--port', 'abc'], says: 'a port is a number', hint: '' },
    { args: ['--services', 'postgress'], says: '"postgress" is not known', hint: 'Did you mean postgres?' },
    { args: ['--base', 'alpine'], says: 'not known', hint: 'slim, distroless' },
    { args: ['--framework', 'rails'], says: 'no framework "rails"', hint: 'Known:' },
    { args: ['nowhere'], says: 'There is no folder', hint: 'Pass the folder' },
    { args: ['audit'], says: 'not there yet', hint: './audit' },
    { args: ['a', 'b'], says: 'One folder at a time', hint: '' },
    { args: ['--interactive'], says: 'needs a terminal', hint: '--yes' },
  ])('$args is refused with exit 2', async ({ args, says, hint }) => {
    const root = express()
    const before = snapshot(root)
    const { code, stdout, stderr } = await cli(args, { cwd: root })
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(says)
    expect(stderr).toContain(hint)
    expect(snapshot(root)).toEqual(before)
  })

  it('a refusal under --json is a document too', async () => {
    const { code, stdout } = await cli(['--json'], { cwd: temporaryFolder() })
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      error: { message: 'This folder is empty.' },
      exit: 2,
    })
    expect(code).toBe(2)
  })
})

describe('bad input', () => {
  it.each([
    { name: 'bad-empty', code: 2, says: 'This folder is empty.' },
    { name: 'bad-no-manifest', code: 2, says: 'No app was found' },
    { name: 'bad-json', code: 1, says: 'package.json is not valid JSON' },
    { name: 'bad-toml', code: 1, says: 'pyproject.toml is not valid TOML' },
    { name: 'bad-yaml', code: 1, says: 'pnpm-workspace.yaml is not valid YAML' },
    { name: 'bad-utf8', code: 1, says: 'package.json is not UTF-8 text' },
    { name: 'bad-library', code: 2, says: 'looks like a library' },
    { name: 'bad-two-languages', code: 2, says: 'which one is the app?' },
  ])('$name: a sentence, exit $code, nothing written', async ({ name, code, says }) => {
    const root = fixture(name)
    const before = snapshot(root)
    const done = await cli(['--yes'], { cwd: root })
    expect(done.stderr).toContain(says)
    expect(done.stderr).not.toMatch(/\n {4}at /)
    expect(done.code).toBe(code)
    expect(done.stdout).toBe('')
    expect(snapshot(root)).toEqual(before)
  })

  it('a manifest that links out of the tree is refused', async () => {
    const root = temporaryFolder()
    const other = express()
    symlinkSync(join(other, 'package.json'), join(root, 'package.json'))
    const { code, stderr } = await cli(['--yes'], { cwd: root })
    expect([code, stderr.includes('package.json is a link to a file outside')]).toEqual([5, true])
  })

  it('a target that is a link, or lies behind one, is refused', async () => {
    const outside = temporaryFolder()
    writeFileSync(join(outside, 'victim'), 'precious\n')
    const link = express()
    symlinkSync(join(outside, 'victim'), join(link, 'Dockerfile'))
    expect((await cli(['--yes'], { cwd: link })).code).toBe(5)
    const behind = express()
    symlinkSync(outside, join(behind, '.github'))
    expect((await cli(['--yes'], { cwd: behind })).code).toBe(5)
    expect(filesBelow(outside)).toEqual(['victim'])
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('precious\n')
    expect(filesBelow(behind)).not.toContain('Dockerfile')
  })

  it('a lock that points out of the project, is damaged, or is newer, is refused', async () => {
    for (const damage of [
      (text: string) => text.replace('"path":"Dockerfile"', '"path":"../Dockerfile"'),
      (text: string) => text.replace('"path":"Dockerfile"', '"path":"/etc/passwd"'),
      (text: string) => text.replace(/"sha256":"\w{6}/, '"sha256":"000000'),
      (text: string) => text.replace('"schema": 1', '"schema": 2'),
      (text: string) => text.replace(/"generator": "[^"]+"/, '"generator": "999.0.0"'),
      (text: string) => `<<<<<<< HEAD\n${text}`,
      () => '{',
    ]) {
      const root = express()
      await cli(['--yes'], { cwd: root })
      const lock = join(root, '.prod-docker/lock.json')
      const before = readFileSync(lock, 'utf8')
      expect(damage(before)).not.toBe(before)
      writeFileSync(lock, damage(before))
      const tree = snapshot(root)
      const { code, stderr } = await cli(['--yes', '--port', '9999'], { cwd: root })
      expect(code, stderr).toBe(5)
      expect(snapshot(root)).toEqual(tree)
    }
  })

  it('a folder that cannot be written to is left as it was', async () => {
    const root = express()
    // A file where a folder is needed fails for every user, root too.
    writeFileSync(join(root, '.github'), 'in the way\n')
    const before = snapshot(root)
    const { code, stderr } = await cli(['--yes'], { cwd: root })
    expect([code, stderr.includes('Nothing was changed')]).toEqual([1, true])
    expect(snapshot(root)).toEqual(before)
  })

  it('names that are attacks stay names', async () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'src'))
    const hostile = '$(touch /tmp/cpd-owned)`id`"\'\n${{ github.token }}\\'
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({
        name: hostile,
        scripts: { start: 'node src/server.js', test: hostile, dev: hostile },
        dependencies: { express: '5' },
      }),
    )
    writeFileSync(
      join(root, 'src/server.js'),
      `const port = process.env.PORT || 3000\nrequire('express')().listen(port)\nconsole.log(process.env['A"; RUN id'], process.env.\u0041_B)\n`,
    )
    const { code } = await cli(['--yes'], { cwd: root })
    expect(code).toBe(0)
    for (const path of filesBelow(root).filter(
      (file) => !file.startsWith('src/') && file !== 'package.json' && !file.startsWith('.prod-docker'),
    )) {
      const text = readFileSync(join(root, path), 'utf8')
      expect(text, path).not.toContain('touch /tmp/cpd-owned')
      expect(text, path).not.toMatch(/\$\{\{ github\.token \}\}\\/)
    }
  })
})
