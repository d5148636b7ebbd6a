import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

async function look(files: Record<string, string>, manifest: object = {}) {
  const { warnings, model } = await node.inspect(
    projectOf({
      'package.json': { scripts: { start: 'node server.js' }, dependencies: { express: '*' }, ...manifest },
      'server.js': "require('express')().listen(3000)",
      ...files,
    }),
    {},
  )
  const { ignore, migration } = model({ services: [], answers: {} })
  const said = warnings.filter(({ rule }) => rule === 'PD030' || rule === 'PD021')
  return { said, ignore, migration }
}

describe('a file of which Git has a sample alone', () => {
  it.each<[string, string, string, string]>([
    ['config/config.json', 'config/config.example.json', 'src/a.js', "require('../config/config.json')"],
    ['config.json', 'config.json.example', 'server.js', "const c = require('./config.json')"],
    ['config.yml', 'config.sample.yml', 'server/a.js', "path.join(root, 'config.yml')"],
    ['settings.toml', 'settings.toml.dist', 'src/a.ts', "readFileSync('./settings.toml')"],
  ])('%s stays out of the image, and is mounted', async (path, sample, reader, code) => {
    const { said, ignore } = await look({ [sample]: '', [reader]: code })
    expect(ignore).toContain(path)
    expect(said.map(({ file, line }) => `${file}:${line}`)).toEqual([`${reader}:1`])
    expect(said[0]?.message).toContain(`volumes: ["./${path}:/app/${path}:ro"]`)
  })

  it('also where a laptop has it, and Git does not', async () => {
    const files = {
      '.gitignore': '/**/config/**/*.json\n!/**/config/**/*.example.json\n',
      'config/config.json': '{ "token": "x" }',
      'config/config.example.json': '{}',
      'src/a.js': "require('../config/config.json')",
    }
    expect((await look(files)).ignore).toContain('config/config.json')
    expect((await look({ ...files, '.gitignore': 'config.json\n' })).ignore).toContain('config/config.json')
    expect((await look({ ...files, '.gitignore': '' })).ignore).not.toContain('config/config.json')
  })

  it('code that a build compiles is asked for', async () => {
    const { said, ignore } = await look({
      'src/config.ts.example': '',
      'src/a/b.ts': "import { SECRET } from '../config'",
    })
    expect(said.map(({ message }) => message.split(':')[0])).toEqual([
      'The code imports src/config.ts, of which Git has src/config.ts.example alone',
    ])
    expect(ignore).not.toContain('src/config.ts')
  })

  it('not where nothing reads it', async () => {
    const { said } = await look({ 'config.example.json': '{}', 'src/a.js': "require('./config.json')" })
    expect(said).toEqual([])
  })
})

describe('Sequelize’s command without a config', () => {
  const run = (start: string, files: Record<string, string> = {}) =>
    look(
      { 'migrations/1.js': '', ...files },
      {
        scripts: { start },
        dependencies: { express: '*', sequelize: '*', 'sequelize-cli': '*', pg: '*' },
      },
    )
  it.each([
    ['sequelize db:migrate && node server.js', {}],
    ['sequelize-cli db:migrate && node server.js', { '.sequelizerc.example': '' }],
  ])('is no step of its own: %s', async (start, files) => {
    const { said, migration } = await run(start, files as Record<string, string>)
    expect(migration).toBeNull()
    expect(said[0]?.message).toContain('the project has none of .sequelizerc')
  })
  it.each([
    ['sequelize db:migrate && node server.js', { 'config/config.json': '{}' }],
    ['sequelize db:migrate && node server.js', { '.sequelizerc': '' }],
    ['sequelize db:migrate --config src/db.js && node server.js', {}],
  ])('is one with: %s', async (start, files) => {
    const { said, migration } = await run(start, files as Record<string, string>)
    expect(migration?.tool).toBe('sequelize')
    expect(said).toEqual([])
  })
})
