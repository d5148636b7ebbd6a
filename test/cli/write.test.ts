import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { FIXTURES, filesBelow, removeTemporaryFolders, temporaryFolder } from '../support/fixtures.ts'
import { PLAIN_ENV } from '../support/packed.ts'
import { treeOf } from '../unit/write/trees.ts'

const BIN = fileURLToPath(new URL('../../bin/create-prod-docker.js', import.meta.url))
const SLOW = fileURLToPath(new URL('../support/slow-disk.cjs', import.meta.url))
/** 200 for a long look: KILLS=200 npx vitest run test/cli/write.test.ts */
const KILLS = Number(process.env['KILLS'] ?? 30)

const mounted: string[] = []
afterAll(() => {
  for (const folder of mounted) spawnSync('umount', [folder])
  removeTemporaryFolders()
})

function express(): string {
  const root = join(temporaryFolder(), 'orders')
  cpSync(join(FIXTURES, 'node-express-ts', 'project'), root, { recursive: true })
  return root
}

interface Done {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A run of the built tool; `slow`: milliseconds for each operation of the write. */
function start(args: readonly string[], cwd: string, slow = 0, options: SpawnOptions = {}) {
  const child = spawn(process.execPath, [...(slow ? ['--require', SLOW] : []), BIN, ...args], {
    cwd,
    env: { ...PLAIN_ENV, SLOW_DISK_MS: String(slow) },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  const done = new Promise<Done>((end) =>
    child.on('close', (code, signal) => end({ code, signal, stdout, stderr })),
  )
  return { child, done }
}

const run = (args: readonly string[], cwd: string, options?: SpawnOptions) =>
  start(args, cwd, 0, options).done
const pause = (ms: number) => new Promise((end) => setTimeout(end, ms))

/** Waits for a run to begin its write; false where it ended first. */
async function writing(root: string, child: { exitCode: number | null }): Promise<boolean> {
  while (child.exitCode === null) {
    if (existsSync(join(root, '.prod-docker/txn'))) return true
    await pause(1)
  }
  return false
}

/** Every file of the lock is there as written, or with the edit that was made to it. */
function expectSound(root: string, edited: readonly string[] = []): void {
  const lock = JSON.parse(readFileSync(join(root, '.prod-docker/lock.json'), 'utf8'))
  for (const { path, sha256 } of Object.values<{ path: string; sha256: string }>(lock.files)) {
    const text = readFileSync(join(root, path))
    if (!edited.includes(path)) expect(createHash('sha256').update(text).digest('hex'), path).toBe(sha256)
  }
  expect(filesBelow(root).filter((path) => /\.tmp$|\/txn\//.test(path))).toEqual([])
}

describe('a run that is killed', () => {
  it(
    `${KILLS} times at any moment: the next one ends well, and no edit is lost`,
    async () => {
      const root = express()
      const edits: string[] = []
      let inside = 0
      await run(['--yes'], root)
      for (let kill = 1; kill <= KILLS; kill++) {
        const port = String(3000 + kill)
        if (kill % 5 === 0) {
          for (const path of Object.keys(treeOf(root)).filter((file) => !file.endsWith('/')))
            if (!existsSync(join(FIXTURES, 'node-express-ts/project', path))) rmSync(join(root, path))
          edits.length = 0
        } else {
          edits.push(`edit ${kill}`)
          appendFileSync(join(root, 'DOCKER.md'), `edit ${kill}\n`)
          appendFileSync(join(root, 'src/app.ts'), `// edit ${kill}\n`)
        }
        const { child, done } = start(['--yes', '--port', port], root, 3)
        if (kill % 3 === 0) await pause(Math.random() * 400)
        else {
          await writing(root, child)
          await pause(Math.random() * 150)
        }
        child.kill('SIGKILL')
        const killed = await done
        if (existsSync(join(root, '.prod-docker/txn'))) {
          inside++
          expect((await run(['--check'], root)).code, 'a look says that a recovery is due').toBe(5)
        }
        for (const edit of edits) expect(readFileSync(join(root, 'DOCKER.md'), 'utf8')).toContain(edit)
        const next = await run(['--yes', '--port', port], root)
        // The edited page is a decision to take; everything else is up to date.
        expect([0, 3], `${killed.code} ${next.stdout}${next.stderr}`).toContain(next.code)
        for (const edit of edits) {
          expect(readFileSync(join(root, 'DOCKER.md'), 'utf8')).toContain(edit)
          expect(readFileSync(join(root, 'src/app.ts'), 'utf8')).toContain(edit)
        }
        expectSound(root, ['DOCKER.md'])
        expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain(`EXPOSE ${port}`)
      }
      console.log(`${inside} of ${KILLS} kills met the write`)
      expect(inside).toBeGreaterThan(KILLS / 6)
    },
    KILLS * 10_000,
  )

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s in the middle of the write: exit %i, and nothing was written', async (signal, code) => {
    const root = express()
    const before = treeOf(root)
    const { child, done } = start(['--yes'], root, 10)
    expect(await writing(root, child)).toBe(true)
    child.kill(signal)
    expect(await done).toMatchObject({
      code,
      stderr: expect.stringContaining('Cancelled. Nothing was written.'),
    })
    expect(treeOf(root)).toEqual(before)
    expect(existsSync(join(root, '.prod-docker'))).toBe(false)
  })
})

describe('two runs at the same time', () => {
  it('one of them writes; the other is refused, or finds the files changed, and the tree is sound', async () => {
    const codes: (number | null)[] = []
    for (let round = 0; round < 4; round++) {
      const root = express()
      if (round % 2) await run(['--yes'], root)
      const both = [start(['--yes', '--port', '4001'], root, 5), start(['--yes', '--port', '4002'], root, 5)]
      const done = await Promise.all(both.map((each) => each.done))
      for (const { code, stderr } of done) {
        codes.push(code)
        if (code === 5) expect(stderr).toContain('Another run is writing here')
        else if (code === 1) expect(stderr).toContain('changed while this ran: nothing was written')
        else expect(code).toBe(0)
      }
      expect(done.some(({ code }) => code === 0)).toBe(true)
      expectSound(root)
      expect((await run(['--check'], root)).code).toBe(0)
    }
    expect(codes).toContain(5)
  })
})

describe('undo', () => {
  it('takes back write after write, in words and as a document, and looks first where asked to', async () => {
    const root = express()
    const trees = [treeOf(root)]
    for (const port of ['4001', '4002']) {
      await run(['--yes', '--port', port], root)
      trees.push(treeOf(root))
    }
    const look = await run(['undo', '--dry-run'], root)
    expect(look).toMatchObject({ code: 0, stdout: expect.stringMatching(/^restore +Dockerfile$/m) })
    expect(treeOf(root)).toEqual(trees[2])
    const first = await run(['undo', '--json'], root)
    expect(JSON.parse(first.stdout)).toMatchObject({
      schema: 1,
      files: expect.arrayContaining([{ path: 'Dockerfile', action: 'restore' }]),
      exit: 0,
    })
    expect(treeOf(root)).toEqual(trees[1])
    expect((await run(['undo'], root)).stdout).toMatch(/^remove +Dockerfile$/m)
    expect(treeOf(root)).toEqual(trees[0])
    expect(await run(['undo'], root)).toMatchObject({
      code: 0,
      stdout: 'There is no write to take back.\n',
      stderr: '',
    })
    expect(existsSync(join(root, '.prod-docker'))).toBe(false)
  })

  it('refuses where a file was edited since, and names it', async () => {
    const root = express()
    await run(['--yes'], root)
    appendFileSync(join(root, 'compose.yaml'), '# mine\n')
    const before = treeOf(root)
    const { code, stderr } = await run(['undo'], root)
    expect([code, stderr]).toEqual([5, expect.stringContaining('compose.yaml changed since the last write')])
    expect(treeOf(root)).toEqual(before)
  })
})

describe('a disk that is not as it should be', () => {
  const probe = temporaryFolder()
  const mount = (folder: string, size: string) => {
    const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder])
    if (done.status === 0) mounted.push(folder)
    return done.status === 0
  }
  const canMount = process.platform === 'linux' && mount(probe, '64k')
  if (!canMount) console.log('No file system can be mounted here: full and foreign disks are skipped.')

  it.runIf(canMount)(
    'is full: exit 1 and a sentence, until there is room for all of it',
    { timeout: 120_000 },
    async () => {
      const codes = new Set<number | null>()
      for (let size = 16; size <= 112; size += 8) {
        const root = temporaryFolder()
        mount(root, `${size}k`)
        writeFileSync(join(root, 'package.json'), '{"name":"x","dependencies":{"express":"5"}}')
        writeFileSync(join(root, 'server.js'), 'require("express")().listen(3000)\n')
        writeFileSync(join(root, 'package-lock.json'), '{"lockfileVersion":3}')
        const before = treeOf(root)
        const { code, stderr } = await run(['--yes'], root)
        codes.add(code)
        if (code === 0) expectSound(root)
        else {
          expect([code, stderr]).toEqual([1, expect.stringMatching(/the disk is full. Nothing was changed/)])
          expect(treeOf(root)).toEqual(before)
          expect(readdirSync(root).sort()).toEqual(['package-lock.json', 'package.json', 'server.js'])
        }
      }
      expect([...codes].sort()).toEqual([0, 1])
    },
  )

  it.runIf(canMount)('is another one below a folder of the project', async () => {
    const root = express()
    mkdirSync(join(root, '.github'))
    expect(mount(join(root, '.github'), '1m')).toBe(true)
    const before = treeOf(root)
    expect((await run(['--yes'], root)).code).toBe(0)
    expectSound(root)
    const { child, done } = start(['--yes', '--port', '4321'], root, 5)
    await writing(root, child)
    await pause(30)
    child.kill('SIGKILL')
    await done
    expect((await run(['--yes', '--port', '4321'], root)).code).toBe(0)
    expectSound(root)
    while ((await run(['undo', '--json'], root)).stdout.includes('"action"'));
    expect(treeOf(root)).toEqual(before)
  })

  it('has a folder that may not be written to: exit 1, a sentence with its name', async () => {
    const root = express()
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    mkdirSync(join(root, '.github'))
    if (user.uid) {
      chmodSync(dirname(root), 0o755)
      for (const path of ['.', ...filesBelow(root)]) chownSync(join(root, path), user.uid, user.gid)
      chownSync(join(root, '.github'), user.uid, user.gid)
    }
    chmodSync(join(root, '.github'), 0o555)
    const before = treeOf(root)
    const { code, stderr } = await run(['--yes'], root, user)
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("Can't write .github/workflows: no permission. Nothing was changed."),
    ])
    expect(treeOf(root)).toEqual(before)
    chmodSync(join(root, '.github'), 0o755)
    expect((await run(['--yes'], root, user)).code).toBe(0)
  })
})
