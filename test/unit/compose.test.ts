import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from 'prettier'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { composeArtefact } from '../../src/artefacts/compose.ts'
import type { ArtefactInput } from '../../src/artefacts/types.ts'
import { findingsIn } from '../../src/rules/checks/index.ts'
import { hasEngine, referee, run } from '../support/referees.ts'
import { HOSTILE, sampleInput, variable } from './sample-app.ts'
import { SAMPLES } from './sample-cases.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpd-compose-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const textOf = (input: ArtefactInput) => composeArtefact.render(input)[0]?.rendered.text ?? ''
interface ServiceText {
  [key: string]: unknown
  environment?: Record<string, string>
  depends_on?: Record<string, { condition: string }>
}
const read = (input: ArtefactInput) =>
  parse(textOf(input), { merge: true }) as Record<string, unknown> & { services: Record<string, ServiceText> }
const jsonschema = referee('check-jsonschema')
const yamllint = referee('yamllint')

describe.each(Object.entries(SAMPLES))('compose.yaml of %s', (name, input) => {
  const text = textOf(input)
  const path = join(folder, `${name.replaceAll(/\W/g, '-')}.yaml`)
  writeFileSync(path, text)

  it('is as prettier leaves it, and the same each time', async () => {
    expect(await check(text, { parser: 'yaml' })).toBe(true)
    expect(textOf(input)).toBe(text)
  })

  it('has no finding', () => expect(findingsIn('compose', text)).toEqual([]))

  it.skipIf(!jsonschema)('fits the schema', () => {
    const { code, output } = run(jsonschema as string, ['--builtin-schema', 'vendor.compose-spec', path])
    expect(code, output).toBe(0)
  })

  it.skipIf(!yamllint)('passes yamllint', () => {
    const rules = '{extends: default, rules: {line-length: disable, document-start: disable}}'
    const { code, output } = run(yamllint as string, ['--strict', '-d', rules, path])
    expect(code, output).toBe(0)
  })

  it.skipIf(!hasEngine())('is read by Compose as it was meant', () => {
    const { code, output } = run('docker', [
      'compose',
      '--file',
      path,
      '--profile',
      '*',
      'config',
      '--format',
      'json',
      '--no-path-resolution',
    ])
    expect(code, output).toBe(0)
    const config = JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)) as {
      services: Record<string, { environment?: Record<string, string>; command?: string[] }>
    }
    for (const [id, service] of Object.entries(config.services)) {
      for (const value of Object.values(service.environment ?? {})) expect(value, id).not.toMatch(/\$\{\w+:-/)
    }
    if (name !== 'hostile text') return
    // What the project says arrives as it is: nothing in it is a variable, a comment or a new key.
    const { app, worker, migrate } = config.services
    const dollars = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('$$', '$')) as unknown
    expect(dollars(app?.environment?.['X'])).toBe(HOSTILE)
    expect(dollars(migrate?.environment?.['Y'])).toBe(HOSTILE)
    expect(dollars(worker?.command)).toEqual(['sh', '-c', HOSTILE])
  })
})

describe('compose.yaml', () => {
  it('publishes the app on this machine only, with its port fixed inside', () => {
    const { app } = read(SAMPLES['a plain server'] as ArtefactInput).services
    expect(app).toMatchObject({
      ports: ['127.0.0.1:${PORT:-3000}:3000'],
      environment: { PORT: '3000', NODE_ENV: 'development' },
      init: true,
      build: { context: '.', target: 'dev' },
    })
  })

  it('has the development server of a static site, and no port for a worker', () => {
    expect(read(SAMPLES['a static site'] as ArtefactInput).services['app']).toMatchObject({
      ports: ['127.0.0.1:${PORT:-5173}:5173'],
    })
    const { app } = read(SAMPLES['a worker without a port'] as ArtefactInput).services
    expect(Object.keys(app ?? {})).toEqual(['build', 'init', 'env_file', 'develop'])
    expect(app).toMatchObject({ develop: { watch: [{ action: 'sync+restart', path: '.', target: '/app' }] } })
  })

  it('starts all in order: services, migrations, app', () => {
    const { services } = read(SAMPLES['every service and every step'] as ArtefactInput)
    expect(services['migrate']?.depends_on).toEqual(
      Object.fromEntries(
        ['postgres', 'mysql', 'mariadb', 'mongodb'].map((id) => [id, { condition: 'service_healthy' }]),
      ),
    )
    for (const id of ['app', 'worker']) {
      const { migrate, ...others } = services[id]?.depends_on ?? {}
      expect(migrate).toEqual({ condition: 'service_completed_successfully' })
      expect(Object.values(others).every(({ condition }) => condition === 'service_healthy')).toBe(true)
      expect(Object.keys(others)).toHaveLength(14)
    }
    expect(services['test']).toMatchObject({ profiles: ['test'], build: { target: 'test' } })
    expect(services['test']).not.toHaveProperty('env_file')
  })

  it('tells every container the same, written once', () => {
    const input = SAMPLES['every service and every step'] as ArtefactInput
    expect(textOf(input).match(/DATABASE_URL: /g)).toHaveLength(1)
    const { services } = read(input)
    for (const id of ['app', 'worker', 'redis-process', 'migrate', 'test']) {
      expect(services[id]?.environment, id).toMatchObject({
        DATABASE_URL: 'postgres://app:${POSTGRES_PASSWORD:-dev-only}@postgres:5432/store?schema=public',
        TZ: 'UTC',
      })
    }
    expect(textOf(SAMPLES['a replica set'] as ArtefactInput)).not.toContain('x-environment')
  })

  it('makes up keys of the app’s own, and none that others give', () => {
    const environment = read(
      sampleInput({
        app: {
          variables: [
            'SECRET_KEY',
            'JWT_SECRET',
            'NEXTAUTH_SECRET',
            'STRIPE_SECRET_KEY',
            'GITHUB_CLIENT_SECRET',
            'OAUTH_CLIENT_SECRET',
            'OPENAI_API_KEY',
          ]
            .map((name) => variable(name, { required: true, secret: true }))
            .concat(
              variable('SESSION_SECRET', { secret: true }),
              variable('COOKIE_SECRET', { required: true, secret: true, default: 'x' }),
            ),
        },
      }),
    ).services['app']?.environment
    expect(Object.keys(environment ?? {})).toEqual([
      'SECRET_KEY',
      'JWT_SECRET',
      'NEXTAUTH_SECRET',
      'NODE_ENV',
      'PORT',
    ])
  })

  it('mounts build secrets, and writes none down', () => {
    const file = read(SAMPLES['build secrets and tests'] as ArtefactInput)
    expect(file['secrets']).toEqual({ npm_token: { environment: 'NPM_TOKEN' }, npmrc: { file: '.npmrc' } })
    expect(file.services['app']).toMatchObject({ build: { secrets: ['npm_token', 'npmrc'] } })
  })

  it('has no process that takes the place of a service', () => {
    const { services } = read(SAMPLES['every service and every step'] as ArtefactInput)
    expect(services['redis']).toMatchObject({ image: 'redis:8-trixie' })
    expect(services['redis-process']).toMatchObject({ command: ['node', '--watch', 'src/worker.js'] })
  })

  it('marks its decisions', () => {
    const { rules } = composeArtefact.render(SAMPLES['every service and every step'] as ArtefactInput)[0]
      ?.rendered ?? { rules: [] }
    expect([...new Set(rules.flat())].sort()).toEqual([
      'PD040',
      'PD041',
      'PD042',
      'PD043',
      'PD044',
      'PD045',
      'PD046',
      'PD047',
      'PD048',
    ])
  })
})
