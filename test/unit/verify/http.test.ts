import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTcp, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { get, hold, isWell, pause, until } from '../../../src/verify/http.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

const listen = (server: Server): Promise<string> =>
  new Promise((done) => {
    open.push(server)
    server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

const signal = new AbortController().signal

describe('asking a server', () => {
  it('tells status and text, and never throws', async () => {
    const url = await listen(
      createServer(
        (request, response) => void response.writeHead(request.url === '/a' ? 200 : 404).end('hm'),
      ),
    )
    expect(await get(`${url}/a`)).toEqual({ status: 200, text: 'hm' })
    expect((await get(`${url}/b`)).status).toBe(404)
    expect(await get('http://127.0.0.1:1/')).toMatchObject({
      status: 0,
      error: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('waits no longer than it was told', async () => {
    const url = await listen(createTcp(() => undefined))
    expect(await get(url, { timeout: 50 })).toMatchObject({ status: 0, error: 'no answer in 0.05 s' })
  })

  it('asks until it is as wished', async () => {
    let asked = 0
    const answer = async () => ({ status: ++asked < 3 ? 503 : 200, text: '' })
    expect(await until(answer, isWell, { seconds: 5, signal, every: 1 })).toMatchObject({ status: 200 })
    expect(
      await until(async () => ({ status: 503, text: '' }), isWell, { seconds: 0.02, signal, every: 1 }),
    ).toMatchObject({ status: 503 })
  })

  it('a pause ends with the signal', async () => {
    const abort = new AbortController()
    const waiting = pause(60_000, abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})

describe('a request that is held', () => {
  it('is in flight where the app waits for the body, and is answered', async () => {
    const url = await listen(
      createServer((request, response) => void request.resume().on('end', () => response.end('done'))),
    )
    const held = await hold(url)
    await pause(100)
    expect(held.waiting()).toBe(true)
    expect(await held.finish(2_000)).toBe(200)
  })

  it('is none where the app answers at once', async () => {
    const url = await listen(createServer((_request, response) => void response.end('done')))
    const held = await hold(url)
    await pause(200)
    expect(held.waiting()).toBe(false)
    held.drop()
  })

  it('tells that it was cut off', async () => {
    const url = await listen(createTcp((socket) => void setTimeout(() => socket.destroy(), 150)))
    const held = await hold(url)
    await pause(50)
    expect(held.waiting()).toBe(true)
    expect(await held.finish(2_000)).toBe(0)
  })
})
