import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { patient } from '../../../src/write/disk.ts'
import { isRunning, withRunLock } from '../../../src/write/run-lock.ts'
import { brittleDisk } from './brittle-disk.ts'
import { removeScratch, scratchFolder, writeAt } from './trees.ts'

afterEach(removeScratch)

const LOCK = '.prod-docker/run.lock'
const refused = expect.objectContaining({ code: 5, message: expect.stringContaining('Another run') })

/** The lock as this process would write it, changed. */
async function lockWith(root: string, changed: object): Promise<void> {
  let text = ''
  await withRunLock(root, () => {
    text = readFileSync(join(root, LOCK), 'utf8')
  })
  writeAt(root, LOCK, JSON.stringify({ ...JSON.parse(text), ...changed }))
}

describe('the run lock', () => {
  it('is held while the work runs, and leaves nothing behind', async () => {
    const root = scratchFolder()
    const done = await withRunLock(root, async () => {
      expect(isRunning(root)).toBe(true)
      await expect(withRunLock(root, () => 'second')).rejects.toEqual(refused)
      return 'first'
    })
    expect(done).toBe('first')
    expect(readdirSync(root)).toEqual([])
  })

  it('is released when the work fails', async () => {
    const root = scratchFolder()
    await expect(
      withRunLock(root, () => {
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(readdirSync(root)).toEqual([])
  })

  it('of a process that is gone is taken over', async () => {
    const root = scratchFolder()
    await lockWith(root, { pid: spawnSync(process.execPath, ['-e', '0']).pid })
    expect(isRunning(root)).toBe(false)
    expect(await withRunLock(root, () => readdirSync(join(root, '.prod-docker')))).toEqual(['run.lock'])
  })

  it.runIf(process.platform === 'linux')(
    'of another process with the same number is taken over',
    async () => {
      const root = scratchFolder()
      await lockWith(root, { start: '1' })
      expect(await withRunLock(root, () => 'ran')).toBe('ran')
    },
  )

  it('of a process that lives is not', async () => {
    const root = scratchFolder()
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    try {
      await lockWith(root, { pid: child.pid, start: null })
      await expect(withRunLock(root, () => 'ran')).rejects.toEqual(refused)
    } finally {
      child.kill()
    }
  })

  it.each([
    {
      what: 'another machine',
      text: JSON.stringify({ pid: 1, start: null, host: 'elsewhere' }),
      minutes: 11,
    },
    { what: 'nobody, since a crash came before its first word', text: '', minutes: 1 },
    { what: 'nobody, since it is no lock', text: '{"pid":-1}', minutes: 1 },
  ])('of $what is believed for a while', async ({ text, minutes }) => {
    const root = scratchFolder()
    writeAt(root, LOCK, text)
    await expect(withRunLock(root, () => 'ran')).rejects.toEqual(refused)
    const then = Date.now() / 1000 - minutes * 60
    utimesSync(join(root, LOCK), then, then)
    expect(await withRunLock(root, () => 'ran')).toBe('ran')
    expect(existsSync(join(root, LOCK))).toBe(false)
  })

  it('goes back to the run that took it over a moment earlier', async () => {
    const root = scratchFolder()
    await lockWith(root, { pid: spawnSync(process.execPath, ['-e', '0']).pid })
    const theirs = JSON.stringify({ pid: 1, start: null, host: 'elsewhere' })
    // Between the look at the stale lock and its removal.
    const { disk } = brittleDisk(2, { meanwhile: () => writeFileSync(join(root, LOCK), theirs) })
    await expect(withRunLock(root, () => 'ran', disk)).rejects.toEqual(refused)
    expect(readFileSync(join(root, LOCK), 'utf8')).toBe(theirs)
    expect(readdirSync(join(root, '.prod-docker'))).toEqual(['run.lock'])
  })

  it.each(['ENOSPC', 'EACCES', 'EROFS'])('%s while it is taken: one sentence, and no trace', async (code) => {
    for (let at = 1; at <= 3; at++) {
      const root = scratchFolder()
      await expect(withRunLock(root, () => 'ran', brittleDisk(at, { code }).disk)).rejects.toMatchObject({
        code: 1,
        message: expect.stringMatching(/^Can't write .*\. Nothing was changed\.$/),
      })
      expect(readdirSync(root)).toEqual([])
    }
  })
})

describe('a rename on Windows', () => {
  it('is tried again while somebody looks at the file, and not for ever', () => {
    let calls = 0
    const busy = (times: number) =>
      patient(() => {
        calls++
        if (calls <= times) throw Object.assign(new Error('busy'), { code: 'EBUSY' })
      })
    busy(3)('a', 'b')
    expect(calls).toBe(4)
    calls = 0
    expect(() => busy(100)('a', 'b')).toThrow('busy')
    expect(calls).toBeLessThan(12)
    expect(() =>
      patient(() => {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      })('a', 'b'),
    ).toThrow('full')
  })
})
