import { describe, expect, it } from 'vitest'
import type { ArtefactId } from '../../src/answers.ts'
import { devKeys, ownValues } from '../../src/artefacts/compose-environment.ts'
import { sampleApp, variable } from './sample-app.ts'

describe('keys that only have to be there', () => {
  const has = (name: string) =>
    devKeys({ ...sampleApp(), variables: [variable(name, { required: true, secret: true })] }, []).includes(
      name,
    )

  it.each(['SECRET_KEY', 'JWT_SECRET', 'APP_KEY', 'APP_KEYS', 'PASSWORD_SALT', 'API_TOKEN_SALT'])(
    'get a text in development: %s',
    (name) => expect(has(name)).toBe(true),
  )

  it.each(['API_KEY', 'STRIPE_SECRET_KEY', 'AWS_SECRET', 'DATABASE_PASSWORD', 'MONKEYS'])(
    'are not those that a person fetches elsewhere: %s',
    (name) => expect(has(name)).toBe(false),
  )
})

describe('what a person has to fill in', () => {
  it('is nothing that compose.yaml says: the port of the app, what development sets', () => {
    const base = sampleApp()
    const app = {
      ...base,
      development: { ...base.development, env: { HOST: '0.0.0.0' } },
      variables: ['PORT', 'HOST', 'CORS_ORIGIN'].map((name) => variable(name, { required: true })),
    }
    const names = (files: ArtefactId[]) =>
      ownValues({ app, services: [], files }).map((variable) => variable.name)
    expect(names(['compose'])).toEqual(['CORS_ORIGIN'])
    expect(names([])).toEqual(['PORT', 'HOST', 'CORS_ORIGIN'])
  })
})
