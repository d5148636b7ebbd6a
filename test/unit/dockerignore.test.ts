import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dockerignoreArtefact } from '../../src/artefacts/dockerignore.ts'
import { findingsIn } from '../../src/rules/checks/index.ts'
import { hasEngine, run } from '../support/referees.ts'
import { sampleInput } from './sample-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpd-ignore-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rendered = (ignore: string[]) =>
  dockerignoreArtefact.render(sampleInput({ app: { ignore } }))[0]?.rendered ?? { text: '', rules: [] }

const SECRETS = [
  ...['.env', '.env.local', '.env.production', 'packages/api/.env', 'packages/api/.env.test', '.envrc'],
  ...[
    'server.key',
    'certs/tls.pem',
    'deploy/id_rsa',
    'home/.ssh/config',
    '.aws/credentials',
    '.netrc',
    'gcp-service-account.json',
    'infra/terraform.tfstate',
    'infra/prod.tfvars',
  ],
]
const NOISE = [
  '.git/HEAD',
  'node_modules/a/index.js',
  'packages/api/node_modules/b.js',
  '.idea/x.xml',
  'compose.yaml',
  'docker-compose.override.yml',
  'Dockerfile',
  'packages/api/Dockerfile',
  '.github/workflows/docker.yml',
  'npm-debug.log',
  '.DS_Store',
]
const NEEDED = [
  ...[
    'package.json',
    'package-lock.json',
    'pnpm-lock.yaml',
    'uv.lock',
    'poetry.lock',
    'requirements.txt',
    'pyproject.toml',
    'README.md',
    'LICENSE',
    'tsconfig.json',
    '.npmrc',
    '.yarnrc.yml',
  ],
  ...[
    '.env.example',
    'src/index.ts',
    'src/Dockerfile.ts',
    'src/composer.ts',
    'src/compose.ts',
    'src/coverage/report.ts',
    'src/logs/index.ts',
    'src/key.ts',
    'build/tool.js',
    'docs/page.md',
    'certs/rds-ca-bundle.pem',
    'templates/base.html',
    'locales/en.json',
  ],
]

describe('.dockerignore', () => {
  it('has groups with a reason, no line twice, and no finding', () => {
    const { text } = rendered(['**/node_modules', 'dist', '.git', 'dist', '# Own words', '!keep'])
    expect(findingsIn('dockerignore', text)).toEqual([])
    const lines = text.split('\n').filter((line) => line && !line.startsWith('#'))
    expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([])
    expect(text).toContain(
      '# Node.js 24: dependencies and output are made in the build\n**/node_modules\ndist\n# Own words\n!keep\n',
    )
    expect(text.endsWith('\n')).toBe(true)
    expect(rendered([]).text).not.toContain('Node.js')
  })

  it('marks its lines', () => {
    const { text, rules } = rendered(['**/node_modules', '!keep'])
    const ruleOf = (line: string) => rules[text.split('\n').indexOf(line)]
    expect([
      ruleOf('**/.env*'),
      ruleOf('.git'),
      ruleOf('!**/.env.example'),
      ruleOf('**/node_modules'),
      ruleOf('!keep'),
    ]).toEqual([['PD030'], ['PD031'], ['PD032'], ['PD031'], ['PD032']])
  })

  it('lets no line of the project break out of its own', () => {
    expect(rendered(['a\n!.env', 'b #@PD001']).text).toMatch(/\na !\.env\nb #@PD001\n$/)
  })

  it.skipIf(!hasEngine())('keeps secrets and noise out of a build, and nothing that it needs', () => {
    writeFileSync(join(folder, '.dockerignore'), rendered(['**/node_modules', '/dist']).text)
    for (const path of [...SECRETS, ...NOISE, ...NEEDED]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), '')
    }
    const out = join(folder, 'seen')
    const { code, output } = run('docker', ['build', '--quiet', '--output', out, '--file', '-', '.'], {
      cwd: folder,
      input: 'FROM scratch\nCOPY . /\n',
    })
    expect(code, output).toBe(0)
    const seen = run('find', ['.', '-type', 'f'], { cwd: out })
      .output.split('\n')
      .filter(Boolean)
      .map((path) => path.slice(2))
    expect(seen.filter((path) => SECRETS.includes(path))).toEqual([])
    expect(seen.filter((path) => NOISE.includes(path))).toEqual([])
    expect(NEEDED.filter((path) => !seen.includes(path))).toEqual([])
  })
})
