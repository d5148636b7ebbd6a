import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { baseReference } from '../../../../src/verify/image/base.ts'
import { recordBytes } from '../../../../src/verify/image/distribution.ts'
import { inspectFiles, runtimeUser } from '../../../../src/verify/image/files.ts'
import { mergeLayers } from '../../../../src/verify/image/filesystem.ts'
import { findUnneeded } from '../../../../src/verify/image/lean.ts'
import { manifestBytes, strays, type Wanted } from '../../../../src/verify/image/packages.ts'
import { readImage } from '../../../../src/verify/image/save.ts'
import { findSecrets, masked, watchForSecrets } from '../../../../src/verify/image/secrets.ts'
import { measure } from '../../../../src/verify/image/size.ts'
import { kindOf, wasteOf } from '../../../../src/verify/image/waste.ts'
import { capped, count } from '../../../../src/verify/words.ts'
import { pieces, savedImage, type TarInput } from '../../../support/tar.ts'

/** An image with a base of one layer, and the given layers above it. */
async function image(base: TarInput[], ...above: TarInput[][]) {
  const { archive, diffIds } = savedImage([base, ...above].map((files) => ({ files })))
  const contents = await readImage(pieces(archive, 1111), {
    base: { ref: 'debian', layers: diffIds.slice(0, 1) },
    keep: (file) => (file.path.startsWith('/etc/') ? 1000 : manifestBytes(file) || recordBytes(file)),
    watch: watchForSecrets('/app'),
  })
  return { contents, filesystem: mergeLayers(contents.layers) }
}

const file = (name: string, content: string | number = 'x', more: Partial<TarInput> = {}): TarInput => ({
  name,
  content: typeof content === 'number' ? Buffer.alloc(content, 46) : content,
  ...more,
})

describe('whose a file is', () => {
  it.each([
    ['/app/node_modules/a/index.js', 'dependencies'],
    ['/opt/venv/lib/python3.13/site-packages/a.py', 'dependencies'],
    ['/usr/local/lib/python3.13/site-packages/a.py', 'dependencies'],
    ['/app/.yarn/cache/a.zip', 'dependencies'],
    ['/app/dist/server.js', 'app'],
    ['/usr/share/nginx/html/index.html', 'app'],
    ['/data/a', 'app'],
    ['/usr/lib/libpq.so.5', 'system'],
    ['/etc/passwd', 'system'],
    ['/apple', 'app'],
  ])('%s: %s', (path, kind) => expect(kindOf(path, '/app')).toBe(kind))
})

describe('what is waste', () => {
  const placed = (path: string, base = false) =>
    ({
      file: { path, type: 'file', bytes: 1, mode: 0o644, uid: 0, gid: 0 },
      layer: { base },
    }) as Parameters<typeof wasteOf>[0]

  it.each([
    ['/root/.npm/_cacache/index-v5/a', 'cache'],
    ['/root/.cache/pip/http-v2/a', 'cache'],
    ['/var/lib/apt/lists/deb_main', 'cache'],
    ['/app/node_modules/.cache/babel/a', 'cache'],
    ['/app/.next/cache/webpack/a', 'cache'],
    ['/app/tsconfig.tsbuildinfo', 'cache'],
    ['/app/.turbo/turbo-build.log', 'cache'],
    ['/app/node_modules/.cache/x', 'cache'],
    ['/usr/local/bin/pnpm', 'manager'],
    ['/usr/local/lib/node_modules/npm/lib/cli.js', 'manager'],
    ['/usr/local/lib/node_modules/npm/node_modules/which/bin/which.js', 'manager'],
    ['/opt/venv/bin/pip3.13', 'manager'],
    ['/opt/venv/lib/python3.13/site-packages/pip/main.py', 'manager'],
    ['/usr/bin/x86_64-linux-gnu-gcc-14', 'compiler'],
    ['/usr/bin/make', 'compiler'],
    ['/usr/lib/gcc/x86_64-linux-gnu/14/cc1plus', 'compiler'],
    ['/usr/include/stdio.h', 'compiler'],
    ['/app/tests/test_api.py', 'test'],
    ['/app/shop/tests/models.py', 'test'],
    ['/app/shop/tests.py', 'test'],
    ['/app/dist/server.spec.js', 'test'],
    ['/app/test/helper.js', 'test'],
    ['/app/dist/server.js.map', 'map'],
    ['/app/.git/HEAD', 'history'],
  ])('%s: %s', (path, id) => {
    expect(wasteOf(placed(path), '/app')?.id).toBe(id)
    expect(wasteOf(placed(path, true), '/app'), 'what the base brings is its own').toBeNull()
  })

  it.each([
    '/app/node_modules/semver/bin/semver.js',
    '/app/node_modules/x/test/a.test.js',
    '/app/node_modules/x/index.js.map',
    '/app/node_modules/npm/bin/npm',
    '/app/node_modules/cliui/build/tsconfig.tsbuildinfo',
    '/app/node_modules/plop/.turbo/turbo-test.log',
    '/app/.next/static/chunks/a.js.map',
    '/app/public/a.js.map',
    '/app/.next/server/app/tests/page.js',
    '/app/src/attest/latest.js',
    '/app/src/contest.py',
    '/opt/venv/lib/python3.13/site-packages/numpy/tests/test_a.py',
    '/opt/venv/bin/uvicorn',
    '/opt/venv/lib/python3.13/site-packages/a/__pycache__/b.pyc',
    '/root/.cache/ms-playwright/chromium/chrome',
    '/usr/lib/x86_64-linux-gnu/libgcc_s.so.1',
    '/var/lib/apt/lists/lock',
    '/app/.yarn/cache/a.zip',
  ])('%s is none', (path) => expect(wasteOf(placed(path), '/app')).toBeNull())
})

const manifest = (value: object) => JSON.stringify(value)
const NODE: Wanted = {
  node: { production: ['express'], development: new Set(['vitest', 'semver']) },
  python: { production: [], development: new Set() },
}

describe('packages that production does not reach', () => {
  it('are found through what installed packages ask for, in any layout', async () => {
    const { filesystem } = await image(
      [file('usr/lib/node_modules/npm/package.json', '{}')],
      [
        file(
          'app/package.json',
          manifest({ dependencies: { '@acme/db': 'workspace:*' }, devDependencies: { x: '1' } }),
        ),
        file(
          'app/node_modules/express/package.json',
          manifest({ dependencies: { qs: '6' }, peerDependencies: { peer: '1' } }),
        ),
        file(
          'app/node_modules/.pnpm/qs@6.0.0/node_modules/qs/package.json',
          manifest({ optionalDependencies: { semver: '7' } }),
        ),
        file('app/node_modules/express/node_modules/semver/package.json', 'no json'),
        file('app/node_modules/peer/package.json', '{}'),
        file('app/node_modules/@acme/db/package.json', '[]'),
        file('app/node_modules/vitest/package.json', manifest({ dependencies: { tinypool: '1' } })),
        file('app/node_modules/vitest/dist/index.js', 1000),
        file('app/node_modules/vitest/dist/package.json', '{}'),
        file('app/node_modules/tinypool/package.json', '{}'),
        file('app/.output/server/node_modules/vue/package.json', '{}'),
      ],
    )
    const found = strays(filesystem, NODE)
    expect(found.map(({ name, isDevelopment }) => [name, isDevelopment])).toEqual([
      ['vitest', true],
      ['tinypool', false],
    ])
    expect(found[0]?.bytes).toBe(1000 + manifest({ dependencies: { tinypool: '1' } }).length + 2)
  })

  it.each([
    ['app/next.config.ts', false],
    ['app/next.config.mjs', true],
    ['app/node_modules/express/a.config.ts', true],
    ['app/src/site.config.ts.txt', true],
  ])('TypeScript is asked for by a config that its reader compiles: %s', async (path, isStray) => {
    const { filesystem } = await image(
      [],
      [
        file('app/node_modules/express/package.json', '{}'),
        file('app/node_modules/typescript/package.json', '{}'),
        file(path, 10),
      ],
    )
    const wanted = { ...NODE, node: { production: ['express'], development: new Set(['typescript']) } }
    expect(strays(filesystem, wanted).map(({ name }) => name)).toEqual(isStray ? ['typescript'] : [])
  })

  it('are found in Python too, extras only where they are asked for', async () => {
    const site = 'opt/venv/lib/python3.13/site-packages'
    const dist = (name: string, ...asks: string[]) =>
      file(
        `${site}/${name.replaceAll('-', '_')}-1.0.dist-info/METADATA`,
        `Metadata-Version: 2.4\nName: ${name}\n${asks.map((ask) => `Requires-Dist: ${ask}\n`).join('')}\nRequires-Dist: no-header\n`,
      )
    const { filesystem } = await image(
      [],
      [
        dist(
          'SQLAlchemy',
          'typing.extensions>=4',
          'greenlet>=1; extra == "asyncio"',
          'mypy>=1; extra == "mypy"',
        ),
        dist('typing_extensions'),
        dist('greenlet'),
        dist('mypy'),
        dist('pytest', 'iniconfig'),
        dist('iniconfig'),
        dist('no-header'),
        file(`${site}/pytest-1.0.dist-info/RECORD`, 'pytest/a.py,,\n../../../bin/pytest,,\n'),
        file(`${site}/pytest/a.py`, 77),
      ],
    )
    const found = strays(filesystem, {
      node: { production: [], development: new Set() },
      python: { production: ['sqlalchemy', 'sqlalchemy[asyncio]'], development: new Set(['pytest']) },
    })
    expect(found.map(({ name, isDevelopment, bytes }) => [name, isDevelopment, bytes])).toEqual([
      ['pytest', true, 77],
      ['iniconfig', false, 0],
      ['mypy', false, 0],
      ['no-header', false, 0],
    ])
  })
})

describe('the size', () => {
  it('is at the floor where nothing is waste; layers are called by what most of them is', async () => {
    const { contents, filesystem } = await image(
      [file('usr/lib/libc.so', 5000)],
      [file('usr/lib/libpq.so', 300)],
      [file('app/node_modules/a/index.js', 700), file('app/package.json', 20)],
      [file('app/dist/server.js', 90)],
    )
    const measured = measure(contents, filesystem, { workdir: '/app', strays: [] })
    expect(measured).toMatchObject({ bytes: 6110, floor: 6110, waste: [] })
    expect(measured.layers.map(({ kind, bytes }) => `${kind} ${bytes}`)).toEqual([
      'base 5000',
      'system 300',
      'dependencies 720',
      'app 90',
    ])
  })

  it('counts as waste what nobody sees, copies of the base, caches and what development brought', async () => {
    const { contents, filesystem } = await image(
      // A base may have layers that overwrite each other: that is its own affair.
      [
        file('usr/bin/tool', 500),
        file('etc/hosts', 10),
        file('usr/bin/twice', 900),
        file('usr/bin/twice', 900),
      ],
      [file('app/blob', 3000), file('app/a', 40), file('app/node_modules/vitest/x', 600)],
      [
        file('app/.wh.blob'),
        file('app/a', 41),
        file('usr/bin/tool', 500, { uid: 1000 }),
        file('etc/hosts', 12),
      ],
      [file('root/.npm/_cacache/x', 200)],
    )
    const all = [
      { name: 'vitest', isDevelopment: true, bytes: 600 },
      { name: 'tinypool', isDevelopment: false, bytes: 50 },
    ]
    const { bytes, floor, waste } = measure(contents, filesystem, { workdir: '/app', strays: all })
    expect(waste).toEqual([
      { title: 'deleted by a later layer, and still shipped', bytes: 3000 },
      { title: 'development dependencies', bytes: 650 },
      { title: 'copies of files of the base', bytes: 500 },
      { title: 'caches', bytes: 200 },
      { title: 'overwritten by a later layer', bytes: 40 },
    ])
    expect(bytes - (floor as number)).toBe(4390)
    expect(measure({ ...contents, base: null }, filesystem, { workdir: '/app', strays: [] }).floor).toBeNull()
  })

  it('says what is unneeded by kind, and leaves empty files alone', async () => {
    const { filesystem } = await image(
      [],
      [
        file('app/x.test.js', 5),
        file('app/y.test.js', 6),
        file('usr/bin/gcc', ''),
        file('var/log/dpkg.log', 9),
      ],
    )
    const { unneeded } = findUnneeded(filesystem, { workdir: '/app', strays: [] })
    expect(unneeded.map(({ row, paths, bytes }) => [row.id, paths.length, bytes])).toEqual([['test', 2, 11]])
  })
})

// Made up, and put together here: other scanners read this file too.
const BODY = 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA2bC4'
const github = `ghp_${BODY}`
const pem = (kind: string) =>
  `-----BEGIN ${kind}PRIVATE ${'KEY'}-----\n${`${BODY}${BODY.slice(0, 28)}\n`.repeat(3)}`
const jwt = (payload: object) =>
  ['{"alg":"HS256"}', JSON.stringify(payload), 'signature-of-it']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')

async function secretsIn(above: TarInput[][], env: string[] = [], history: string[] = []) {
  const { contents, filesystem } = await image([file('etc/ssh/base_key', pem(''))], ...above)
  contents.history.push(...history)
  return findSecrets(contents, filesystem, { env, workdir: '/app' })
}

describe('secrets', () => {
  it.each<[string, string, string]>([
    ['app/.env', 'A=b', 'environment file'],
    ['app/.env.production', 'A=b', 'environment file'],
    ['home/node/.ssh/id_ed25519', 'x', 'private SSH key'],
    ['app/key.txt', pem('RSA '), 'private key'],
    ['app/key.json', JSON.stringify({ private_key: pem('') }), 'service account'],
    ['app/src/a.js', `const t = "${github}"`, 'GitHub token'],
    ['app/src/a.js', `AKIA${'Q7ZK2MPLX3WVN5RT'}`, 'AWS access key'],
    ['app/src/a.js', `sk_live_${BODY}`, 'Stripe key'],
    ['app/src/a.js', `glpat-${BODY.slice(0, 20)}`, 'GitLab token'],
    ['app/src/a.js', jwt({ role: 'service_role' }), 'Supabase service key'],
    ['app/src/a.js', `AIza${BODY.slice(0, 35)}`, 'Google API key'],
    ['root/.npmrc', `//r.example/:_authToken=${BODY}`, 'registry token'],
    ['app/.yarnrc.yml', `npmAuthToken: ${BODY}`, 'registry token'],
    ['root/.pypirc', '[pypi]\nusername = a\npassword = hunter22', 'registry password'],
    ['root/.netrc', 'machine a login b password hunter22', 'password'],
    ['etc/pip.conf', 'index-url = https://me:hunter22@pypi.example/simple', 'registry password'],
    ['root/.docker/config.json', '{"auths":{"r":{"auth":"bWU6cHc="}}}', 'registry login'],
    ['root/.aws/credentials', '[default]', 'AWS credentials'],
    ['root/.kube/config', 'x', 'Kubernetes credentials'],
    [
      'app/node_modules/.pnpm/@acme+db@file+packages+db/node_modules/@acme/db/.env',
      'A=b',
      'environment file',
    ],
  ])('%s with %#: %s', async (name, content, kind) => {
    const found = await secretsIn([[file(name, content)]])
    expect(found.map((one) => one.kind)).toContain(kind)
    for (const { start } of found) expect(start.length).toBeLessThanOrEqual(4)
  })

  it.each<[string, string]>([
    ['app/.env.example', 'A=b'],
    ['app/.env', ''],
    ['app/.npmrc', '//r.example/:_authToken=${NPM_TOKEN}\nsave-exact=true'],
    ['app/node_modules/agent/test/key.pem', pem('RSA ')],
    ['opt/venv/lib/python3.13/site-packages/tornado/test/test.key', pem('')],
    [
      'app/dist/jose.js',
      'if (pem.startsWith("-----BEGIN PRIVATE KEY-----")) throw "-----BEGIN PRIVATE KEY-----"',
    ],
    ['app/src/a.js', `AKIA${'IOSFODNN7EXAMPLE'}`],
    ['app/public/app.js', `AIza${BODY.slice(0, 35)}`],
    ['app/src/a.js', jwt({ role: 'anon' })],
    ['app/src/a.js', `npm_${'x'.repeat(36)}`],
  ])('%s (%#) holds none', async (name, content) =>
    expect(await secretsIn([[file(name, content)]])).toEqual([]),
  )

  it('are found where a later layer deletes or replaces them', async () => {
    const found = await secretsIn([
      [file('app/.env', 'A=b'), file('app/big.js', `${'.'.repeat(99_990)}${github}${'.'.repeat(99_000)}`)],
      [file('app/.wh..env'), file('app/big.js', 'clean')],
    ])
    expect(found.map(({ where, kind, layer, isHidden }) => [where, kind, layer, isHidden])).toEqual([
      ['/app/.env', 'environment file', 2, true],
      ['/app/big.js', 'GitHub token', 2, true],
    ])
  })

  it('are whole where two pieces of a file share one', () => {
    const one = { path: '/app/a.js', type: 'file' as const, bytes: 9000, mode: 0o644, uid: 0, gid: 0 }
    for (let cut = 1; cut < github.length; cut++) {
      const watch = watchForSecrets('/app')(one)
      watch?.see(Buffer.from(`${' '.repeat(4000)}${github.slice(0, cut)}`))
      watch?.see(Buffer.from(`${github.slice(cut)}${' '.repeat(4000)}`))
      expect(watch?.found().secrets).toEqual([{ kind: 'GitHub token', start: 'ghp_' }])
    }
  })

  it('are not what a package of the distribution published, until somebody changes it', async () => {
    const key = `export GOOGLE_API_KEY="AIza${BODY.slice(0, 35)}"\n`
    const md5 = (text: string) => createHash('md5').update(text).digest('hex')
    const published = [
      file('etc/chromium.d/apikeys', key),
      file('usr/share/doc/tool/key.pem', pem('')),
      file(
        'var/lib/dpkg/status',
        `Package: chromium\nConffiles:\n /etc/chromium.d/apikeys ${md5(key)}\nDescription: browser\n`,
      ),
      file('var/lib/dpkg/info/tool.md5sums', `${md5(pem(''))}  usr/share/doc/tool/key.pem\n`),
    ]
    expect(await secretsIn([published])).toEqual([])
    const found = await secretsIn([
      published,
      [
        file('etc/chromium.d/apikeys', key.replace('AIzaaB', 'AIzaZZ')),
        file('usr/share/doc/tool/key.pem', github),
      ],
    ])
    expect(found.map(({ where, layer }) => [where, layer])).toEqual([
      ['/etc/chromium.d/apikeys', 3],
      ['/usr/share/doc/tool/key.pem', 3],
    ])
  })

  it('name a .git folder once', async () => {
    const found = await secretsIn([
      [file('app/.git/HEAD'), file('app/.git/objects/a'), file('app/.gitignore')],
    ])
    expect(found.map(({ where }) => where)).toEqual(['/app/.git/'])
  })

  it('are found in variables and build arguments, and not in what only sounds like one', async () => {
    const found = await secretsIn(
      [[]],
      [
        'DB_PASSWORD=hunter22',
        'URL=postgres://me:hunter22@db/a',
        `X=${github}`,
        'GPG_KEY=7169605F62C7',
        'TOKEN_FILE=/run/secrets/t',
        'JWT_SECRET=',
        'NEXT_PUBLIC_API_KEY=abc',
        'ACCESS_TOKEN_TTL=3600',
        'API_TOKEN=$OTHER',
      ],
      [
        'RUN |2 NPM_TOKEN=abcdefghijkl N=1 /bin/sh -c npm ci --token=x # buildkit',
        'ENV DB_PASSWORD=hunter22',
        'ARG CI_SECRET',
        `RUN curl -H "Authorization: ${github}" https://me:hunter22@example.com`,
      ],
    )
    expect(found.map(({ where, kind, start }) => [where, kind, start])).toEqual([
      ['ENV DB_PASSWORD', 'value of a secret variable', 'hu'],
      ['ENV URL', 'address with a password', ''],
      ['ENV X', 'GitHub token', 'ghp_'],
      ['build argument NPM_TOKEN', 'value of a secret variable', 'abcd'],
      ['a line of the history', 'GitHub token', 'ghp_'],
      ['a line of the history', 'address with a password', 'http'],
    ])
  })
})

describe('a line of the history that is shown', () => {
  it.each([
    ['RUN |2 NPM_TOKEN="abc def" N=1 /bin/sh -c npm ci', 'RUN |2 NPM_TOKEN=… N=1 /bin/sh -c npm ci'],
    [`RUN echo ${github}`, 'RUN echo ghp_…'],
    ['RUN curl https://me:hunter22@example.com/a', 'RUN curl http…example.com/a'],
    ['COPY . . # buildkit', 'COPY . . # buildkit'],
    ['ENV PORT=3000 GPG_KEY=7169605F62C7', 'ENV PORT=3000 GPG_KEY=7169605F62C7'],
  ])('%s', (line, shown) => expect(masked(line)).toBe(shown))
})

describe('files and their owners', () => {
  const passwd = file('etc/passwd', 'root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/:/bin/sh\n')
  const group = file('etc/group', 'root:x:0:\nnode:x:1000:\nstaff:x:50:node\n')
  const users = async (user: string) => runtimeUser(user, (await image([passwd, group])).filesystem)

  it.each([
    ['', { uid: 0, gids: [0] }],
    ['node', { uid: 1000, gids: [1000, 50] }],
    ['1000', { uid: 1000, gids: [1000, 50] }],
    ['1000:1000', { uid: 1000, gids: [1000] }],
    ['node:staff', { uid: 1000, gids: [50] }],
    ['65532', { uid: 65532, gids: [0] }],
    ['nobody-known', null],
  ])('USER %s', async (user, expected) => expect(await users(user)).toEqual(expected))

  it('writable: by owner, group or everyone, but for the places meant for it', async () => {
    const dir = { type: 'directory' as const }
    const { filesystem } = await image(
      [file('home/node/', '', { ...dir, uid: 1000 }), file('bin/busybox'), file('usr/bin/apt-get')],
      [
        file('app/own', 'x', { uid: 1000, mode: 0o444 }),
        file('app/group', 'x', { gid: 50, mode: 0o664 }),
        file('app/group-read', 'x', { gid: 50, mode: 0o644 }),
        file('app/all', 'x', { mode: 0o666 }),
        file('app/open/', '', { ...dir, mode: 0o777 }),
        file('app/sticky/', '', { ...dir, mode: 0o1777 }),
        file('app/link', 'x', { type: 'symlink', target: 'own', mode: 0o777, uid: 1000 }),
        file('tmp/a', 'x', { uid: 1000 }),
        file('data/a', 'x', { uid: 1000 }),
        file('database', 'x', { uid: 1000 }),
      ],
    )
    const report = inspectFiles(filesystem, { uid: 1000, gids: [1000, 50] }, ['/data/'])
    expect(report.writable.map((line) => line.split(' ')[0])).toEqual([
      '/app/all',
      '/app/group',
      '/app/open',
      '/app/own',
      '/database',
    ])
    expect(report.writableOfBase).toEqual(['/home/node (0755, 1000:0)'])
    expect(report).toMatchObject({ shell: '/bin/busybox', packageManager: '/usr/bin/apt-get' })
  })

  it('setuid: ours and what the base brought, even where an upgrade replaced it', async () => {
    const { filesystem } = await image(
      [file('bin/su', 'x', { mode: 0o4755 }), file('bin/mount', 'x', { mode: 0o4755 }), file('bin/plain')],
      [
        file('bin/su', 'newer', { mode: 0o4755 }),
        file('bin/plain', 'x', { mode: 0o2755 }),
        file('bin/ping', 'x', { pax: { 'SCHILY.xattr.security.capability': 'x' } }),
        file('srv/', '', { type: 'directory', mode: 0o2755 }),
      ],
    )
    const { setuid, setuidOfBase } = inspectFiles(filesystem, { uid: 1, gids: [1] }, [])
    expect(setuid).toEqual(['/bin/ping (0644, 0:0)', '/bin/plain (2755, 0:0)'])
    expect(setuidOfBase).toEqual(['/bin/mount (4755, 0:0)', '/bin/su (4755, 0:0)'])
  })
})

describe('the base', () => {
  it.each([
    ['ARG V=24\nFROM node:$V-slim AS base\nFROM base AS runtime\nFROM runtime', 'node:24-slim'],
    ['FROM scratch', 'scratch'],
    ['FROM gcr.io/distroless/x:nonroot@sha256:abc', 'gcr.io/distroless/x:nonroot@sha256:abc'],
    ['ARG BASE\nFROM $BASE', null],
    ['FROM --platform=$BUILDPLATFORM node:24', 'node:24'],
    ['FROM -t', null],
    ['', null],
  ])('%j stands on %s', (text, ref) => expect(baseReference(text)).toBe(ref))
})

describe('words', () => {
  it('are short, and exact', () => {
    expect([count(1, 'layer'), count(2, 'dependency'), count(3, 'cache')]).toEqual([
      '1 layer',
      '2 dependencies',
      '3 caches',
    ])
  })

  it('of an image never steer a terminal, and never fill it', () => {
    const lines = capped(['\u001b[2J\u202etxt', ...Array.from({ length: 31 }, (_, index) => `${index}`)])
    expect(lines).toHaveLength(21)
    expect(lines[0]).toBe('\ufffd[2J\ufffdtxt')
    expect(lines.at(-1)).toBe('and 12 more')
  })
})
