import { afterAll, describe, expect, it } from 'vitest'
import { findHealthPath } from '../../src/languages/node/health.ts'
import { findListening } from '../../src/languages/node/listen.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const listening = (code: string) => {
  const { port, variable, hostVariable, loopback } = findListening(
    projectOf({ 'server.js': code }),
    'server.js',
    [],
    false,
  )
  return { port: port?.value, variable, hostVariable, loopback: loopback !== undefined }
}

describe('a hapi server', () => {
  it.each<[string, object]>([
    ["Hapi.server({ port: 3100, host: 'localhost' })", { port: 3100, loopback: true }],
    [
      "new Hapi.Server({ port: process.env.PORT || 3000, host: process.env.HOST || 'localhost' })",
      { port: 3000, variable: 'PORT', hostVariable: 'HOST', loopback: false },
    ],
    ["hapi.server({ port: 3000, host: '0.0.0.0' })", { port: 3000, loopback: false }],
    ['Hapi.server({ port: 3000 })', { port: 3000, loopback: false }],
  ])('%s', (code, expected) => expect(listening(code)).toMatchObject(expected))

  it.each<[string, string | undefined]>([
    [
      "server.route([{ method: 'GET', path: '/', handler }, { method: 'GET', path: '/healthz', handler }])",
      '/healthz',
    ],
    [
      "export default [{\n  method: ['GET', 'HEAD'],\n  path: '/livez',\n  handler: () => ({}),\n}]",
      '/livez',
    ],
    ["server.route([{ method: 'POST', path: '/health', handler }])", undefined],
  ])('%s: its health route', (code, path) => {
    expect(findHealthPath(projectOf({ 'server.js': code }), 'hapi')?.value).toBe(path)
  })
})
