import type { StepResult, VerifyDocument } from '../../src/verify/types.ts'

/** What `verify --json` says of three runs: all proven; a build that failed; a stack that did not come up. */

const row = (
  id: string,
  title: string,
  seconds: number,
  evidence: string,
  more: Partial<StepResult> = {},
): StepResult => ({ id, title, status: 'pass', evidence, seconds, ...more })

const STEPS: readonly StepResult[] = [
  row('checks', 'Build checks', 1.4, 'The official build checks find nothing to say.'),
  row('compose', 'Compose files', 0.6, 'compose.yaml and compose.prod.yaml are read without a warning.', {
    details: ['compose.yaml', 'compose.prod.yaml'],
  }),
  row('build', 'Build', 34.2, 'Built in 34.2 s without a cache; 3 stages ran at the same time.', {
    data: { seconds: 34.2, parallel: 3 },
  }),
  row('rebuild', 'Rebuild (no-op)', 0.9, 'Built again in 0.9 s: all 14 steps came from the cache.', {
    data: { seconds: 0.9, cached: 14 },
  }),
  row('size', 'Size', 3.1, '132.3 MB in 6 layers, 1.3 % over the floor of 130.6 MB.', {
    data: { bytes: 132_291_204, floor: 130_593_400 },
  }),
  row(
    'contents',
    'Contents',
    0.4,
    'No development dependency, cache, test, source map, package manager or compiler in 6,214 files.',
  ),
  row('secrets', 'Secrets', 0.7, 'No key, token, .env or .git in any of the 6 layers.'),
  row('files', 'Files', 0.2, 'No setuid file and no shell; the app can write /tmp and nothing else.', {
    details: ['/tmp (tmpfs, 64 MB)'],
  }),
  row('boot', 'Boot', 7.9, 'orders-api, postgres and redis were healthy 4.3 s after their start.', {
    details: [
      'orders-api: healthy after 4.3 s',
      'postgres: healthy after 2.9 s',
      'redis: healthy after 1.1 s',
    ],
    data: { seconds: 4.3 },
  }),
  row('runtime', 'User and capabilities', 0.5, 'Runs as 1000:1000 with no capability and a read-only root.'),
  row(
    'health',
    'Health',
    9.8,
    'With postgres stopped, /readyz answers 503 and /livez 200; both answer 200 once it is back.',
    {
      details: [
        'GET /livez 200',
        'GET /readyz 503 while postgres was stopped',
        'GET /readyz 200 after 2.2 s',
      ],
    },
  ),
  row('memory', 'Memory', 1.1, 'The heap may grow to 384 MB of the 512 MB that the container has.'),
  row('logs', 'Logs', 0.3, '42 lines on standard output, each of them JSON.'),
  row('edit', 'One-line edit', 6.6, 'One layer of 214.8 kB is new; 61.3 kB would be pushed.', {
    data: { seconds: 2.4, bytes: 214_800, compressedBytes: 61_300, layers: 1 },
  }),
  row('stop', 'Stop', 2.7, 'SIGTERM: the request in flight was answered, exit code 0 after 0.4 s.', {
    data: { seconds: 0.4, code: 0 },
  }),
]

const base: VerifyDocument = {
  schema: 1,
  version: '0.2.0',
  root: '/home/ada/orders-api',
  app: 'orders-api',
  engine: 'Docker 28.5.2',
  steps: [...STEPS],
  image: {
    id: 'sha256:3f9a1c2e7b60d4f85a917c3be02d64f1958a7be3c40d162f7e8b9a5d1c0e4f37',
    base: 'node:24-trixie-slim',
    user: '1000:1000',
    bytes: 132_291_204,
    floor: 130_593_400,
    layers: [
      {
        kind: 'base',
        bytes: 78_612_480,
        createdBy: "# debian.sh --arch 'amd64' out/ 'trixie' '@1763337600'",
      },
      {
        kind: 'base',
        bytes: 5_342_208,
        createdBy: 'RUN /bin/sh -c apt-get update && apt-get install -y ca-certificates',
      },
      { kind: 'system', bytes: 6_104_332, createdBy: 'COPY /usr/local/bin/node /usr/local/bin/node' },
      {
        kind: 'dependencies',
        bytes: 41_664_108,
        createdBy: 'COPY --link --from=deps /app/node_modules ./node_modules',
      },
      { kind: 'app', bytes: 512_076, createdBy: 'COPY --link --from=build /app/dist ./dist' },
      { kind: 'app', bytes: 56_000, createdBy: 'COPY --link package.json ./' },
    ],
  },
  seconds: 73.6,
  exit: 0,
}

export const PROVEN: VerifyDocument = base

/** As a run gives it: `failing` ends a step, and what needs it was not tried. */
function broken(
  failing: StepResult,
  needs: string,
  image: VerifyDocument['image'],
  seconds: number,
): VerifyDocument {
  const at = STEPS.findIndex(({ id }) => id === failing.id)
  const after = STEPS.slice(at + 1).map(
    (step): StepResult => ({
      id: step.id,
      title: step.title,
      status: 'skipped',
      evidence: `Not tried: it needs ${needs}.`,
      seconds: 0,
    }),
  )
  return { ...base, steps: [...STEPS.slice(0, at), failing, ...after], image, seconds, exit: 1 }
}

const NPM_OUTPUT = [
  '#11 [deps 3/3] RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev',
  '#11 6.402 npm error code 1',
  '#11 6.402 npm error path /app/node_modules/better-sqlite3',
  '#11 6.402 npm error command failed',
  '#11 6.402 npm error command sh -c prebuild-install || node-gyp rebuild --release',
  '#11 6.403 npm error prebuild-install warn install No prebuilt binaries found (target=24.11.0 runtime=node arch=x64 libc=glibc platform=linux)',
  '#11 6.403 npm error gyp info it worked if it ends with ok',
  '#11 6.403 npm error gyp ERR! find Python Python is not set from command line or npm configuration',
  '#11 6.403 npm error gyp ERR! find Python You need to install the latest version of Python.',
  '#11 6.403 npm error gyp ERR! configure error',
  '#11 6.403 npm error gyp ERR! stack Error: Could not find any Python installation to use',
  '#11 6.404 npm error gyp ERR! System Linux 6.8.0-48-generic',
  '#11 6.404 npm error gyp ERR! cwd /app/node_modules/better-sqlite3',
  '#11 6.404 npm error gyp ERR! node -v v24.11.0',
  '#11 6.404 npm error gyp ERR! not ok',
  '#11 6.411 npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log',
  '#11 ERROR: process "/bin/sh -c npm ci --omit=dev" did not complete successfully: exit code: 1',
].join('\n')

export const BUILD_FAILED: VerifyDocument = broken(
  row('build', 'Build', 12.8, 'The build ended with 1 in "RUN npm ci --omit=dev" of the stage deps.', {
    status: 'fail',
    details: ['Dockerfile:21'],
    output: NPM_OUTPUT,
    cause: {
      id: 'native-compiler',
      title: 'better-sqlite3 is compiled when it is installed, and the build stage has no compiler.',
      fix: 'Install python3, make and g++ in the stages deps and build.',
      flag: { name: 'build-packages', value: 'python3,make,g++' },
      line: 'npm error gyp ERR! find Python Python is not set from command line or npm configuration',
    },
  }),
  'a build that worked',
  {},
  15.1,
)

export const BOOT_FAILED: VerifyDocument = broken(
  row('boot', 'Boot', 62.3, 'orders-api was not healthy within 60 s: it ended with 1, four times.', {
    status: 'fail',
    details: [
      'orders-api: restarting, exit code 1',
      'postgres: healthy after 3.0 s',
      'redis: healthy after 1.2 s',
    ],
    output: [
      '{"level":"info","time":"2026-11-21T15:02:11.204Z","msg":"starting","version":"1.4.0"}',
      '{"level":"fatal","time":"2026-11-21T15:02:11.318Z","msg":"EROFS: read-only file system, mkdir \'/app/uploads\'"}',
      "Error: EROFS: read-only file system, mkdir '/app/uploads'",
      '    at Object.mkdirSync (node:fs:1349:26)',
      '    at file:///app/dist/uploads.js:9:4',
      '    at ModuleJob.run (node:internal/modules/esm/module_job:343:25)',
      '    at async onImport.tracePromise.__proto__ (node:internal/modules/esm/loader:665:26) {',
      '  errno: -30,',
      "  code: 'EROFS',",
      "  path: '/app/uploads'",
      '}',
    ].join('\n'),
  }),
  'a stack that is up',
  base.image,
  110.4,
)

/** What nobody should ever print, in every place where text goes. */
export const HOSTILE_TEXT = `</style></pre><script>alert(1)</script>"'\`&<img src=x onerror=alert(1)>\u001b[2J\u001b]0;title\u0007\u0000\u202eevil\u2066 שלום ${'long'.repeat(2_500)}`

export const HOSTILE: VerifyDocument = {
  ...base,
  app: HOSTILE_TEXT,
  engine: HOSTILE_TEXT,
  version: HOSTILE_TEXT,
  steps: [
    row(HOSTILE_TEXT, HOSTILE_TEXT, 1, HOSTILE_TEXT, {
      status: 'fail',
      details: [HOSTILE_TEXT],
      output: HOSTILE_TEXT,
      cause: {
        id: HOSTILE_TEXT,
        title: HOSTILE_TEXT,
        fix: HOSTILE_TEXT,
        flag: { name: HOSTILE_TEXT, value: HOSTILE_TEXT },
        line: HOSTILE_TEXT,
      },
    }),
    row('edit', 'Edit', 1, '', { data: { seconds: HOSTILE_TEXT, bytes: null, layers: [HOSTILE_TEXT] } }),
  ],
  image: {
    id: HOSTILE_TEXT,
    base: HOSTILE_TEXT,
    user: HOSTILE_TEXT,
    bytes: 1,
    floor: 0,
    layers: [{ kind: 'app', bytes: 1, createdBy: HOSTILE_TEXT }],
  },
}
