import { request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Answer {
  /** 0: none. */
  status: number
  text: string
  error?: string
}

const MAX_TEXT = 64 << 10

/** One GET on a connection of its own; never throws. */
export function get(
  url: string,
  { timeout = 5_000, signal }: { timeout?: number; signal?: AbortSignal } = {},
): Promise<Answer> {
  return new Promise((done) => {
    const asked = request(url, { agent: false, timeout, ...(signal ? { signal } : {}) }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        if (text.length < MAX_TEXT) text += chunk
      })
      response.on('end', () => done({ status: response.statusCode ?? 0, text }))
      response.on('error', (error) => done({ status: 0, text, error: error.message }))
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer in ${timeout / 1000} s`)))
    asked.on('error', (error) => done({ status: 0, text: '', error: error.message }))
    asked.end()
  })
}

export const isWell = ({ status }: Answer) => status >= 200 && status < 400

/** Asks again until it is as wished, or until time is over; the last answer either way. */
export async function until(
  ask: () => Promise<Answer>,
  wished: (answer: Answer) => boolean,
  { seconds, signal, every = 250 }: { seconds: number; signal: AbortSignal; every?: number },
): Promise<Answer> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (wished(answer) || Date.now() >= end) return answer
    await pause(every, signal)
  }
}

export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const timer = setTimeout(finish, milliseconds)
    function finish() {
      signal?.removeEventListener('abort', finish)
      clearTimeout(timer)
      if (signal?.aborted) fail(signal.reason)
      else done()
    }
    signal?.addEventListener('abort', finish)
    if (signal?.aborted) finish()
  })
}

/** A request that has been sent but for its last bytes: in flight for as long as we like, where the server waits for it. */
export interface Held {
  /** The server still waits: nothing came back, and the connection stands. */
  waiting(): boolean
  /** Sends the rest; the status of the answer, 0 where the connection was cut instead. */
  finish(timeout: number): Promise<number>
  drop(): void
}

/** A POST whose body is still on its way: the app has the request, and waits for what is missing. */
export function hold(url: string): Promise<Held> {
  const { hostname, port, host, pathname, search } = new URL(url)
  const body = '{"create-prod-docker":true}'
  return new Promise((ready) => {
    let received = ''
    let ended = false
    const socket: Socket = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''))
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      received += text
    })
    const end = () => {
      ended = true
      ready(held)
    }
    socket.on('error', end).on('close', end)
    const held: Held = {
      waiting: () => received === '' && !ended,
      drop: () => socket.destroy(),
      finish: async (timeout) => {
        if (!ended) socket.write(body.slice(1))
        const deadline = Date.now() + timeout
        while (!ended && !/^HTTP\/1\.[01] \d{3}[\s\S]*\r\n\r\n/.test(received) && Date.now() < deadline)
          await pause(20)
        socket.destroy()
        return Number(/^HTTP\/1\.[01] (\d{3})/.exec(received)?.[1] ?? 0)
      },
    }
    socket.on('connect', () => {
      socket.write(
        `POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body[0]}`,
        () => ready(held),
      )
    })
  })
}
