import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DOCKERIGNORE_GATES, unionIgnore } from '../../../src/merge/gates/dockerignore.ts'
import { COMPOSE_GATES, WORKFLOW_GATES, YAML_GATES } from '../../../src/merge/gates/yaml.ts'
import type { FileKind, Finding, Gate } from '../../../src/merge/types.ts'
import { rescueYaml } from '../../../src/merge/yaml-rescue.ts'
import { fixtureFiles } from './yaml-files.ts'

const GATES: Partial<Record<FileKind, readonly Gate[]>> = {
  yaml: YAML_GATES,
  compose: COMPOSE_GATES,
  workflow: WORKFLOW_GATES,
  dockerignore: DOCKERIGNORE_GATES,
}
const run = (kind: FileKind, base: string, yours: string, template: string, merged: string): Finding[] =>
  (GATES[kind] as Gate[]).flatMap((gate) => gate({ kind, path: kind, base, yours, template, merged }))
const told = (findings: Finding[]) =>
  findings.map(({ gate, message, lines }) => `${gate} ${message} ${lines ?? ''}`.trim())

interface Case {
  name: string
  kind: FileKind
  base: string
  yours: string
  template: string
  merged: string
  says: string[]
}
const service = (...lines: string[]) =>
  `services:\n  app:\n    image: a\n${lines.map((line) => `    ${line}\n`).join('')}`
const CASES: Case[] = [
  {
    name: 'a key that both added, at two places',
    kind: 'yaml',
    base: 'a: 1\nb: 2\nc: 3\n',
    yours: 'n: x\na: 1\nb: 2\nc: 3\n',
    template: 'a: 1\nb: 2\nc: 3\nn: y\n',
    merged: 'n: x\na: 1\nb: 2\nc: 3\nn: y\n',
    says: ['V1 The merged file would be no valid YAML: duplicated mapping key. 4'],
  },
  {
    name: 'a line that landed below another key',
    kind: 'yaml',
    base: 'a:\n  x: 1\nb:\n  x: 1\n',
    yours: 'z:\n  x: 1\na:\n  x: 1\nb:\n  x: 1\n',
    template: 'a:\n  x: 1\n  n: 1\nb:\n  x: 1\n',
    merged: 'z:\n  x: 1\n  n: 1\na:\n  x: 1\nb:\n  x: 1\n',
    says: ['V4 `z.n` would land where neither you nor the template have it. 2'],
  },
  {
    name: 'a line that went missing below another key',
    kind: 'yaml',
    base: 'a:\n  x: 1\n  y: 1\nb:\n  x: 1\n  y: 1\n',
    yours: 'c: 1\na:\n  x: 1\n  y: 1\nb:\n  x: 1\n  y: 1\n',
    template: 'a:\n  x: 1\n  y: 1\nb:\n  x: 1\n',
    merged: 'c: 1\na:\n  x: 1\nb:\n  x: 1\n  y: 1\n',
    says: ['V4 `a.y` would be lost.'],
  },
  {
    name: 'a command of both',
    kind: 'compose',
    base: service('command:', '  - run', '  - a', '  - b', '  - c'),
    yours: service('command:', '  - walk', '  - a', '  - b', '  - c'),
    template: service('command:', '  - run', '  - a', '  - b', '  - d'),
    merged: service('command:', '  - walk', '  - a', '  - b', '  - d'),
    says: ['V4 `services.app.command` would be what neither you nor the template wrote. 3,4,5,6,7'],
  },
  {
    name: 'steps in an order of nobody’s',
    kind: 'yaml',
    base: 's:\n  - name: a\n  - name: b\n  - name: c\n',
    yours: 's:\n  - name: b\n  - name: a\n  - name: c\n',
    template: 's:\n  - name: a\n  - name: b\n  - name: c\n    x: 1\n',
    merged: 's:\n  - name: c\n    x: 1\n  - name: b\n  - name: a\n',
    says: ['V4 `s` would be in an order of nobody’s. 0,1,2,3,4'],
  },
  {
    name: 'a service that you renamed',
    kind: 'compose',
    base: `${service()}  db:\n    image: d\n`,
    yours: `${service()}  store:\n    image: d\n`,
    template: `${service('depends_on: [db]')}  db:\n    image: d\n`,
    merged: `${service('depends_on: [db]')}  store:\n    image: d\n`,
    says: ['V2 `app` would name `db`, which is not among the services. 3'],
  },
  {
    name: 'volumes and networks that are gone',
    kind: 'compose',
    base: `${service('volumes: ["data:/data"]')}volumes:\n  data: {}\n`,
    yours: `${service('volumes: ["data:/data"]', 'networks: [back]')}volumes:\n  data: {}\nnetworks:\n  back: {}\n`,
    template: service(),
    merged: service('volumes: ["data:/data"]', 'networks: [back]'),
    says: [
      'V2 `app` would name `back`, which is not among the networks. 4',
      'V2 `app` would name `data`, which is not among the volumes. 3',
    ],
  },
  {
    name: 'your variable in what is shared, the template’s on the service',
    kind: 'compose',
    base: `x-env: &env\n  A: 1\n${service('environment:', '  <<: *env')}`,
    yours: `x-env: &env\n  A: 1\n  LOG: debug\n${service('environment:', '  <<: *env')}`,
    template: `x-env: &env\n  A: 1\n${service('environment:', '  <<: *env', '  LOG: info')}`,
    merged: `x-env: &env\n  A: 1\n  LOG: debug\n${service('environment:', '  <<: *env', '  LOG: info')}`,
    says: ['V5 Your `LOG` of service `app` would be overruled. 8'],
  },
  {
    name: 'a variable twice in a list',
    kind: 'compose',
    base: service('environment:', '  - A=1', '  - B=2'),
    yours: service('environment:', '  - LOG=debug', '  - A=1', '  - B=2'),
    template: service('environment:', '  - A=1', '  - B=2', '  - LOG=info'),
    merged: service('environment:', '  - LOG=debug', '  - A=1', '  - B=2', '  - LOG=info'),
    says: [
      'V4 `services.app.environment` would be what neither you nor the template wrote. 3,4,5,6,7',
      'V5 Your `LOG` of service `app` would be overruled. 7',
    ],
  },
  {
    name: 'a variable of a workflow and of its job',
    kind: 'workflow',
    base: 'on: push\njobs:\n  a:\n    runs-on: x\n',
    yours: 'on: push\nenv:\n  LOG: debug\njobs:\n  a:\n    runs-on: x\n',
    template: 'on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      LOG: info\n',
    merged: 'on: push\nenv:\n  LOG: debug\njobs:\n  a:\n    runs-on: x\n    env:\n      LOG: info\n',
    says: ['V5 Your `LOG` of job `a` would be overruled. 7'],
  },
  {
    name: 'a port for two services',
    kind: 'compose',
    base: service(),
    yours: `${service()}  mine:\n    image: m\n    ports: ["127.0.0.1:8025:80"]\n`,
    template: `services:\n  mail:\n    image: m\n    ports: ["127.0.0.1:8025:8025"]\n  app:\n    image: a\n`,
    merged: `services:\n  mail:\n    image: m\n    ports: ["127.0.0.1:8025:8025"]\n  app:\n    image: a\n  mine:\n    image: m\n    ports: ["127.0.0.1:8025:80"]\n`,
    says: ['V5 Port 8025 of the machine would be given to two. 8'],
  },
  {
    name: 'a folder mounted twice',
    kind: 'compose',
    base: service('volumes:', '  - ./a:/a', '  - ./b:/b'),
    yours: service('volumes:', '  - ./mine:/data', '  - ./a:/a', '  - ./b:/b'),
    template: service('volumes:', '  - ./a:/a', '  - ./b:/b', '  - ./theirs:/data'),
    merged: service('volumes:', '  - ./mine:/data', '  - ./a:/a', '  - ./b:/b', '  - ./theirs:/data'),
    says: [
      'V4 `services.app.volumes` would be what neither you nor the template wrote. 3,4,5,6,7',
      'V5 `/data` of `app` would be mounted twice. 7',
    ],
  },
  {
    name: 'rights that only both together give away',
    kind: 'compose',
    base: `x-safe: &safe\n  read_only: true\n${service('<<: *safe')}`,
    yours: `x-safe: &safe\n  read_only: true\n${service('<<: *safe', 'init: true')}`,
    template: `x-other: &other\n  init: true\n${service('<<: *other', 'read_only: true')}`,
    merged: `x-other: &other\n  init: true\n${service('<<: *other', 'init: true')}`,
    says: ['V6 `app` would be able to write to its image’s files. 3'],
  },
  {
    name: 'a job without the rights that were shared',
    kind: 'workflow',
    base: 'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    permissions: {}\n',
    yours:
      'on: push\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    permissions: {}\n  mine:\n    runs-on: x\n',
    template: 'on: push\njobs:\n  a:\n    runs-on: x\n    permissions: {}\n',
    merged: 'on: push\njobs:\n  a:\n    runs-on: x\n    permissions: {}\n  mine:\n    runs-on: x\n',
    says: ['V6 Job `mine` would have the repository’s default rights. 5'],
  },
  {
    name: 'a job and a step that are gone',
    kind: 'workflow',
    base: 'on: push\njobs:\n  build:\n    steps:\n      - id: meta\n        run: x\n',
    yours: 'on: push\njobs:\n  make:\n    steps:\n      - id: tags\n        run: x\n',
    template:
      'on: push\njobs:\n  build:\n    steps:\n      - id: meta\n        run: x\n      - run: y ${{ steps.meta.outputs.t }}\n  push:\n    needs: build\n    if: needs.build.result\n',
    merged:
      'on: push\njobs:\n  make:\n    steps:\n      - id: tags\n        run: x\n      - run: y ${{ steps.meta.outputs.t }}\n  push:\n    needs: build\n    if: needs.build.result\n',
    says: [
      'V2 Job `make` would ask step `meta`, which it doesn’t have. 6',
      'V2 Job `push` would need `build`, which is no job. 8',
      'V4 `jobs.make.steps.…` would land where neither you nor the template have it. 6',
    ],
  },
  {
    name: 'a file that you keep',
    kind: 'dockerignore',
    base: 'dist\n',
    yours: '!docs/a.md\ndist\n',
    template: 'dist\ndocs\n',
    merged: '!docs/a.md\ndist\ndocs\n',
    says: ['V5 `!docs/a.md` would have no effect. 0'],
  },
  {
    name: 'a secret that comes in by the order',
    kind: 'dockerignore',
    base: '*\n!src\n**/.env*\n',
    yours: '*\n!src\n!lib\n**/.env*\n',
    template: '*\n!src\n**/.env*\nsecret.pem\n',
    merged: '*\n**/.env*\n!src\n!lib\nsecret.pem\n!**/.env*\n',
    says: ['V6 `any/.envany` would get into the image’s context. 1'],
  },
]

describe('a finding', () => {
  it.each(CASES)('$name', ({ kind, base, yours, template, merged, says }) => {
    expect(told(run(kind, base, yours, template, merged)).sort()).toEqual(says)
    expect(run(kind, base, yours, template, yours)).toEqual([])
    expect(run(kind, base, yours, template, template)).toEqual([])
  })

  it.each<[string, string]>([
    ['be privileged', 'privileged: true'],
    ['run as root', 'user: "0:0"'],
    ['have the capability NET_ADMIN', 'cap_add: [NET_ADMIN]'],
    ['run with seccomp:unconfined', 'security_opt: ["seccomp=unconfined"]'],
    ['share the machine’s network_mode', 'network_mode: host'],
    ['have the machine’s Docker', 'volumes: ["/var/run/docker.sock:/d.sock"]'],
    ['be open to everybody', 'ports: ["3000:3000"]'],
    ['be open to everybody', 'ports:\n      - target: 3000\n        published: "3000"'],
  ])('says V6 of what would %s', (says, line) => {
    const findings = run('compose', service(), service('init: true'), service('tty: true'), service(line))
    expect(
      told(findings)
        .filter((one) => one.startsWith('V6'))
        .join(),
    ).toContain(says)
    const kept = run('compose', service(), service(line), service('tty: true'), service(line))
    expect(told(kept).filter((one) => one.startsWith('V6'))).toEqual([])
  })

  it.each<[string, string]>([
    ['without a digest', 'image: x@sha256:1'],
    ['capabilities', 'cap_drop: [ALL]'],
    ['image’s files', 'read_only: true'],
    ['gain privileges', 'security_opt: ["no-new-privileges:true"]'],
    ['whoever its image says', 'user: "1000"'],
  ])('says V6 of what would lose what kept it safe: %s', (says, line) => {
    const text = (rest: string) => `services:\n  app:\n    init: true\n    ${rest}\n`
    const findings = run('compose', text(line), text(line), text(line), text('image: y'))
    expect(
      told(findings)
        .filter((one) => one.startsWith('V6'))
        .join(),
    ).toContain(says)
  })

  it('says nothing of a port that only this machine reaches', () => {
    const line = 'ports: ["127.0.0.1:3000:3000", "${HOST:-127.0.0.1}:1:1", "[::1]:2:2"]'
    const findings = run('compose', service(), service('init: true'), service('tty: true'), service(line))
    expect(told(findings).filter((one) => one.startsWith('V6'))).toEqual([])
  })

  it('says nothing where somebody took the template’s value', () => {
    const text = (value: string) => service('environment:', `  A: ${value}`)
    expect(run('compose', text('1'), text('2'), text('3'), text('3'))).toEqual([])
  })

  it('follows what a list of maps merges in, the first before the next', () => {
    const text = (one: string, list: string) =>
      `a: &a\n  A: ${one}\nb: &b\n  A: 0\n${service('environment:', `  <<: [${list}]`)}`
    const [mine, other] = [text('2', '*a, *b'), text('1', '*b, *a')]
    expect(told(run('compose', text('1', '*a, *b'), mine, other, text('2', '*b, *a')))).toContain(
      'V5 Your `A` of service `app` would be overruled. 3',
    )
  })

  it('ends where a map merges itself in, or everything many times', () => {
    const many = Array.from(
      { length: 60 },
      (_, i) => `m${i + 1}: &m${i + 1}\n  <<: [${`*m${i}, `.repeat(20)}*m${i}]\n`,
    )
    const text = `x: &x\n  <<: *x\nm0: &m0\n  A: 1\n${many.join('')}${service('<<: *x', 'environment: *m60')}`
    expect(run('compose', text, `${text}#`, `#\n${text}`, `y: 1\n${text}`).map(({ gate }) => gate)).toEqual([
      'V4',
    ])
  })

  it('says V6 of an action that loses its commit', () => {
    const text = (ref: string) =>
      `on: push\njobs:\n  a:\n    permissions: {}\n    steps:\n      - uses: a/b@${ref}\n`
    const [pinned, other] = ['a'.repeat(40), 'b'.repeat(40)]
    expect(told(run('workflow', text(pinned), text(pinned), text(other), text('v4')))).toContain(
      'V6 Job `a` would use `a/b` without the commit that pins it. 5',
    )
  })
})

const clean = (text: string) => text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
const KINDS: [FileKind, string[]][] = [
  ['compose', [...fixtureFiles(/expected\/files\/compose\.yaml$/).values()].map(clean)],
  ['workflow', [...fixtureFiles(/expected\/files\/\.github\/.*\.yml$/).values()].map(clean)],
  [
    'yaml',
    [...fixtureFiles(/project\/.*\.ya?ml$/).values()].map(clean).filter(({ length }) => length < 20_000),
  ],
  ['dockerignore', [...fixtureFiles(/expected\/files\/.*\.dockerignore$/).values()].map(clean)],
]

describe.each(KINDS)('the gates of %s', (kind, files) => {
  it('have nothing to say of yours, nor of the template', () => {
    expect(files.length).toBeGreaterThan(3)
    const file = fc.constantFrom(...files)
    fc.assert(
      fc.property(file, file, file, (base, yours, template) => {
        expect(run(kind, base, yours, template, yours)).toEqual([])
        // Also where somebody took the template's side of every conflict.
        expect(run(kind, base, yours, template, template)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('never throw', () => {
    const bits = fc.constantFrom(
      ...[
        'services:\n',
        '  a:\n',
        '    ports: [',
        '"80:80"',
        ']',
        '    <<: *x\n',
        'x: &x\n',
        '  b: *x\n',
        '!x\n',
        '*\n',
      ],
      ...[
        'jobs:\n',
        '    needs: b\n',
        '    environment: ',
        '- A=1\n',
        '{ }',
        '\n',
        '    volumes: ',
        '**/',
        '[',
        '\\',
      ],
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(bits, { maxLength: 20 }).map((all) => all.join('')),
      fc.constantFrom(...files),
    )
    fc.assert(
      fc.property(text, text, text, text, (...texts) => {
        expect(run(kind, ...texts)).toBeInstanceOf(Array)
      }),
      { numRuns: 500 },
    )
  })
})

// Time of the processor, the least of several runs: what else the machine does says nothing.
it.each<[string, number, (text: (value: string) => string) => unknown]>([
  ['all gates', 800, (text) => run('compose', text('a'), text('b'), text('c'), text('d'))],
  ['the rescue', 500, (text) => rescueYaml(text('a'), `${text('a')}x-mine: 1\n`, text('b'))],
])('%s take less than %i ms for 5,000 lines', (_name, limit, work) => {
  const times = [1, 2, 3, 4, 5, 6].map((nonce) => {
    const text = (value: string) =>
      `services:\n${Array.from({ length: 1250 }, (_, i) => `  s${i}:\n    image: x${nonce}\n    ports: ["${i + 1000}:80"]\n    user: ${value}\n`).join('')}`
    const start = process.cpuUsage()
    expect(work(text)).toBeTruthy()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  })
  expect(Math.min(...times)).toBeLessThan(limit)
})

describe('a union of patterns', () => {
  it.each<[string[], string[], string[], string[] | null]>([
    [[], ['a', 'b'], ['b', 'c'], ['a', 'b', 'c']],
    [[], ['a'], ['# why', 'b'], ['a', '# why', 'b']],
    [[], ['a', '!b'], ['c'], null],
    [[], ['a'], ['  !c'], null],
    [['x'], ['a'], ['b'], null],
  ])('%j %j %j', (base, yours, template, union) => {
    expect(unionIgnore(base, yours, template)).toEqual(union)
  })
})
