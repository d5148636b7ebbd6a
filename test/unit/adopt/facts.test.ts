import { afterAll, describe, expect, it } from 'vitest'
import { composeHints, dockerfileHints } from '../../../src/adopt/facts.ts'
import { removeTemporaryFolders } from '../../support/fixtures.ts'
import { projectOf } from '../../support/project.ts'
import { planRun } from '../../support/run.ts'

afterAll(removeTemporaryFolders)

const values = (hints: object) =>
  Object.fromEntries(
    Object.entries(hints).map(([key, { value, source }]) => [key, `${JSON.stringify(value)} ${source}`]),
  )

describe('a hand-written Dockerfile says', () => {
  it.each<[string, Record<string, string>]>([
    ['FROM node:20-bookworm', { runtimeVersion: '"20" D:1' }],
    ['FROM node:20.11.1-alpine3.19', { runtimeVersion: '"20" D:1' }],
    ['FROM docker.io/library/python:3.12-slim', { runtimeVersion: '"3.12" D:1' }],
    ['ARG V=22.1\nFROM node:${V}-slim', { runtimeVersion: '"22" D:2' }],
    ['FROM gcr.io/distroless/nodejs22-debian12', { runtimeVersion: '"22" D:1' }],
    ['FROM node:20 AS b\nFROM nginx:alpine\nEXPOSE 80', { runtimeVersion: '"20" D:1' }],
    ['FROM node:18 AS b\nFROM node:20-slim', { runtimeVersion: '"20" D:2' }],
    ['FROM node:20 AS b\nFROM b', { runtimeVersion: '"20" D:1' }],
    ['FROM node:lts', {}],
    ['FROM x\nEXPOSE 8080', { port: '8080 D:2' }],
    ['FROM x\nEXPOSE 8080/tcp 8080/udp', { port: '8080 D:2' }],
    ['FROM x\nEXPOSE 80 443', {}],
    ['FROM x\nEXPOSE $PORT', {}],
    ['FROM x\nENV A=1 PORT=5000\nEXPOSE 8080', { port: '5000 D:2' }],
    ['FROM x\nENV PORT 5000', { port: '5000 D:2' }],
    ['FROM x AS a\nEXPOSE 1000\nFROM y\nEXPOSE 2000', { port: '2000 D:4' }],
    ['FROM x AS a\nEXPOSE 1000\nFROM a', { port: '1000 D:2' }],
    ['FROM x\nEXPOSE 99999', {}],
    ['FROM x\nCMD ["a", "--port", "80"]', { port: '80 D:2', start: '"a --port 80" D:2' }],
    [
      'FROM x\nCMD gunicorn -b 0.0.0.0:8000 m:a',
      { port: '8000 D:2', start: '"gunicorn -b 0.0.0.0:8000 m:a" D:2' },
    ],
    ['FROM x\nCMD python manage.py runserver 0.0.0.0:8000', { port: '8000 D:2' }],
    ['FROM x\nHEALTHCHECK CMD curl -f http://localhost:3000/up?x=1 || exit 1', { healthPath: '"/up" D:2' }],
    ['FROM x\nHEALTHCHECK CMD ["wget", "-q", "http://127.0.0.1/a/b"]', { healthPath: '"/a/b" D:2' }],
    ['FROM x\nHEALTHCHECK CMD curl http://localhost:$PORT/ok', { healthPath: '"/ok" D:2' }],
    ['FROM x\nHEALTHCHECK CMD curl http://localhost/', {}],
    ['FROM x\nHEALTHCHECK CMD curl http://example.com/up', {}],
    ['FROM x\nHEALTHCHECK NONE', {}],
    ['FROM x\nCMD ["node", "a b.js"]', { start: `"node 'a b.js'" D:2` }],
    ['FROM x\nCMD npm start', { start: '"npm start" D:2' }],
    ['FROM x\nENTRYPOINT ["node"]\nCMD ["x.js"]', { start: '"node x.js" D:2' }],
    ['FROM x\nENTRYPOINT ["/code/run.sh"]\nCMD ["gunicorn", "m:a"]', { start: '"gunicorn m:a" D:3' }],
    ['FROM x\nENTRYPOINT ["/sbin/tini", "--"]\nCMD ["node", "x.js"]', { start: '"node x.js" D:3' }],
    ['FROM x\nENTRYPOINT ["/b/entrypoint-web"]\nCMD ["gunicorn", "m:a"]', { start: '"gunicorn m:a" D:3' }],
    ['FROM x\nCMD ["./start.sh"]', {}],
    ['FROM x\nCMD ["sh", "-c", "node x.js"]', {}],
    ['FROM x\nCMD ["python3", "-m", "flask", "run"]', {}],
    ['FROM x\nWORKDIR /usr/src/app\nCMD node /usr/src/app/x.js', { start: '"node x.js" D:3' }],
    ['FROM x\nCMD ["/app/.venv/bin/gunicorn", "m:a"]', { start: '"gunicorn m:a" D:2' }],
    ['', {}],
    ['FROM', {}],
    ['EXPOSE 80', {}],
  ])('%j', (text, expected) => expect(values(dockerfileHints(text, 'D'))).toEqual(expected))
})

describe('a compose file says', () => {
  it.each<[string, Record<string, string>]>([
    [
      'services:\n  web:\n    build: .\n    ports:\n      - "127.0.0.1:8080:3000/tcp"\n  db:\n    image: postgres:17\n  cache:\n    image: docker.io/valkey/valkey:8\n',
      { services: '["postgres","valkey"] C:7', port: '3000 C:4' },
    ],
    [
      'services: { a: { image: bitnami/postgresql:16 }, b: { image: mongo } }',
      { services: '["postgres","mongodb"] C:1' },
    ],
    ['services: { a: { build: ., image: redis } }', {}],
    ['services: { a: { build: ., ports: [{ target: 80, published: 8080 }] } }', { port: '80 C:1' }],
    ['services: { a: { build: ., ports: [3000] } }', { port: '3000 C:1' }],
    ['services: { a: { build: ., ports: ["1:1", "2:2"] } }', {}],
    ['services: { a: { build: ., ports: ["${P}:${P}"] } }', {}],
    ['services: []', {}],
    ['{', {}],
  ])('%j', (text, expected) => expect(values(composeHints(text, 'C'))).toEqual(expected))
})

describe('a hint', () => {
  const project = (files: Record<string, string | object>, manifest: object = {}) =>
    projectOf({
      'package.json': {
        name: 'a',
        scripts: { start: 'node server.js' },
        dependencies: { express: '5' },
        ...manifest,
      },
      'server.js': "require('express')().listen(process.env.PORT)\n",
      ...files,
    }).root
  const OWN =
    'FROM node:22-slim\nENV PORT=4000\nHEALTHCHECK CMD curl -f http://localhost:4000/up\nCMD ["node", "server.js"]\n'

  it('goes before what is only usual', async () => {
    const { report } = await planRun(
      project({ Dockerfile: OWN, 'compose.yml': 'services: { db: { image: mysql:8 } }' }),
    )
    const { facts } = report
    expect([
      facts.get('port'),
      facts.get('healthPath'),
      facts.get('runtimeVersion'),
      facts.get('services'),
    ]).toEqual([
      { value: 4000, source: 'Dockerfile:2', confidence: 'likely' },
      { value: '/up', source: 'Dockerfile:3', confidence: 'likely' },
      { value: '22', source: 'Dockerfile:1', confidence: 'likely' },
      { value: ['mysql'], source: 'compose.yml:1', confidence: 'likely' },
    ])
    expect(
      report.warnings.filter(({ rule }) => rule === 'PD094' || rule === 'PD093' || rule === 'PD099'),
    ).toEqual([])
  })

  it('stays behind manifests and code, and the contradiction is told', async () => {
    const { report } = await planRun(
      project(
        {
          Dockerfile: OWN,
          'server.js': "require('express')().listen(3000)\n",
          'compose.yml': 'services: { db: { image: mysql:8 } }',
        },
        { engines: { node: '24' }, dependencies: { express: '5', pg: '8' } },
      ),
    )
    expect(['port', 'runtimeVersion', 'services'].map((key) => report.facts.value(key as 'port'))).toEqual([
      3000,
      '24',
      ['postgres'],
    ])
    const told = report.warnings.filter(({ rule }) => rule === 'PD099')
    expect(told.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([
      'Dockerfile:1 Dockerfile:1 has the runtime 22, and 24 was taken (package.json#engines.node). Make them one.',
      'Dockerfile:2 Dockerfile:2 has the port 4000, and 3000 was taken (server.js:1). If it is right, pass --port 4000.',
      'compose.yml:1 compose.yml:1 has the service mysql, and postgres was taken (package.json#dependencies.pg). If it is right, pass --services mysql.',
    ])
  })

  it('stays behind an answer, without a word', async () => {
    const { report } = await planRun(project({ Dockerfile: OWN }), {
      given: { port: 5000, runtimeVersion: '24' },
    })
    expect([report.facts.value('port'), report.facts.value('runtimeVersion')]).toEqual([5000, '24'])
    expect(report.warnings.filter(({ rule }) => rule === 'PD099')).toEqual([])
  })

  it('is not taken where no image is kept for it', async () => {
    const { report } = await planRun(project({ Dockerfile: 'FROM node:14\nCMD ["node", "server.js"]\n' }))
    expect(report.facts.value('runtimeVersion')).toBe('24')
    expect(report.warnings.map(({ rule }) => rule)).toContain('PD099')
  })

  it('is a start command where nothing else says one', async () => {
    const python = (own: string, files = {}) =>
      planRun(projectOf({ 'requirements.txt': 'flask\ngunicorn\n', Dockerfile: own, ...files }).root)
    const own = 'FROM python:3.12\nEXPOSE 9000\nCMD ["gunicorn", "-b", "0.0.0.0:9000", "shop.web:create()"]\n'
    const { report } = await python(own, {
      'shop/web.py': 'from flask import Flask\ndef create():\n    return Flask("x")\n',
    })
    expect(report.facts.get('start')?.value).toContain('gunicorn')
    expect(report.facts.value('port')).toBe(9000)
  })

  it('of a file that is told to be none of ours is not heard', async () => {
    const { report } = await planRun(project({ Dockerfile: OWN }), { adopt: { dockerfile: 'none' } })
    expect(report.facts.value('port')).toBe(3000)
  })
})
