import type { Lines } from './lines.ts'
import type { Manifest } from './manifest.ts'

/**
 * npm packages that need more than JavaScript, with Debian 13's packages. `build`: compilers and headers, for the stages
 * that install. `run`: libraries that the app loads; they keep the image off distroless, which has no package manager.
 */
export interface NativeRow extends Lines {
  packages: readonly string[]
  build?: readonly string[]
  /** What `build` is there for, where it is no compiler. */
  buildWhy?: string
  run?: readonly string[]
  env?: Record<string, string>
  /** Set where dependencies are installed: no download of what Debian brings. */
  buildEnv?: Record<string, string>
  /** Works on distroless as it is: ready-made binaries that need libc and libstdc++ alone. */
  selfContained?: true
  /** The newest line of Node.js that it is sound on, and what happens on a newer one. */
  highestNode?: { line: number; why: string; note: string }
  /** Stays off distroless although it installs nothing: it looks for a shell or for OpenSSL's own program. */
  needsSlim?: true
  note?: string
}

const COMPILER = ['g++', 'make', 'python3'] as const
/** Chromium keeps its profile and its crash database below HOME, which is read-only. */
const CHROMIUM_HOME = { XDG_CACHE_HOME: '/tmp/.chromium', XDG_CONFIG_HOME: '/tmp/.chromium' } as const
const CHROMIUM_ENV = { PUPPETEER_EXECUTABLE_PATH: '/usr/bin/chromium', ...CHROMIUM_HOME } as const

export const NATIVE: readonly NativeRow[] = [
  { packages: ['sharp', '@img/sharp-linux-x64'], selfContained: true },
  { packages: ['bcrypt'], since: 6, selfContained: true },
  { packages: ['bcrypt'], until: 6, build: COMPILER },
  { packages: ['argon2', '@node-rs/argon2', '@node-rs/bcrypt'], selfContained: true },
  // Their ready-made binaries come from a release page, not from the registry: where that is out of reach, they compile.
  { packages: ['better-sqlite3'], since: 13, selfContained: true },
  {
    packages: ['better-sqlite3'],
    until: 13,
    build: COMPILER,
    highestNode: {
      line: 22,
      why: 'better-sqlite3 before 13 can end Node.js 24',
      note: 'better-sqlite3 before 13 can end Node.js 24 in the middle of its work (RemoveEnvironmentCleanupHook): update it, or pin Node.js 22.',
    },
  },
  // They bring a node-gyp of their own that asks Python for distutils, which Debian 13 has in setuptools alone.
  { packages: ['sqlite3', 'node-sass', 'nodegit'], build: [...COMPILER, 'python3-setuptools'] },
  {
    packages: ['canvas'],
    build: [
      ...COMPILER,
      'libcairo2-dev',
      'libgif-dev',
      'libjpeg-dev',
      'libpango1.0-dev',
      'librsvg2-dev',
      'pkg-config',
    ],
    run: ['libcairo2', 'libgif7', 'libjpeg62-turbo', 'libpango-1.0-0', 'libpangocairo-1.0-0', 'librsvg2-2'],
  },
  { packages: ['@napi-rs/canvas', 'skia-canvas'], run: ['fontconfig', 'fonts-dejavu-core'] },
  {
    packages: ['puppeteer', 'puppeteer-core', 'whatsapp-web.js', '@wppconnect-team/wppconnect', 'venom-bot'],
    run: ['chromium', 'fonts-liberation'],
    env: CHROMIUM_ENV,
    buildEnv: { PUPPETEER_SKIP_DOWNLOAD: 'true' },
  },
  {
    packages: ['playwright', 'playwright-core', 'playwright-chromium'],
    run: ['chromium', 'fonts-liberation'],
    env: { PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH: '/usr/bin/chromium', ...CHROMIUM_HOME },
    buildEnv: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    note: 'Playwright starts Debian’s Chromium: pass executablePath: process.env.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH to launch().',
  },
  { packages: ['fluent-ffmpeg', 'discord-player', 'distube', 'prism-media'], run: ['ffmpeg'] },
  { packages: ['ffmpeg-static', '@ffmpeg-installer/ffmpeg'], needsSlim: true },
  {
    packages: ['@prisma/client', 'prisma'],
    until: 7,
    // It asks OpenSSL for its version where the client is made, and where it runs: both must give the same answer.
    build: ['openssl'],
    buildWhy: 'Prisma asks OpenSSL for its version',
    run: ['openssl'],
    note: 'Prisma before 7 loads an engine that is made for one OpenSSL: build and image are both Debian 13.',
  },
  { packages: ['gm', 'imagemagick'], run: ['imagemagick'] },
  { packages: ['pdf2pic'], run: ['ghostscript', 'graphicsmagick'] },
  { packages: ['node-tesseract-ocr'], run: ['tesseract-ocr'] },
  { packages: ['libreoffice-convert'], run: ['libreoffice-writer-nogui'] },
  {
    packages: ['oracledb'],
    selfContained: true,
    note: 'oracledb runs in its thin mode; the thick mode needs Oracle’s client libraries.',
  },
  { packages: ['pg-native', 'libpq'], build: [...COMPILER, 'libpq-dev'], run: ['libpq5'] },
  {
    packages: ['node-rdkafka'],
    build: [...COMPILER, 'libsasl2-dev', 'libssl-dev', 'zlib1g-dev'],
    run: ['libsasl2-2'],
  },
  { packages: ['zeromq'], selfContained: true },
  { packages: ['kerberos'], build: [...COMPILER, 'libkrb5-dev'], run: ['libgssapi-krb5-2'] },
  { packages: ['serialport', 'usb'], build: [...COMPILER, 'libudev-dev'], run: ['libudev1'] },
  {
    packages: [
      're2',
      'bufferutil',
      'utf-8-validate',
      'node-pty',
      'isolated-vm',
      'cpu-features',
      'farmhash',
      'snappy',
      'deasync',
      'ssh2',
      'leveldown',
      'hiredis',
      '@discordjs/opus',
    ],
    build: COMPILER,
  },
  // Git alone trusts no address of https, and has no ssh.
  {
    packages: ['git-clone', 'simple-git', 'isomorphic-git-cli'],
    run: ['git', 'ca-certificates', 'openssh-client'],
  },
  { packages: ['ping', '@louislam/ping'], run: ['iputils-ping'] },
]

/** Packages that look at the code as it starts, and keep what they saw. */
const METADATA = [
  {
    package: '@mikro-orm/reflection',
    writable: '/app/temp',
    note: 'MikroORM’s TsMorphMetadataProvider reads the .d.ts files, which stay in the image, and keeps what it saw in /app/temp: without a place there the app does not start. Mount a tmpfs, as the run in DOCKER.md does, or set metadataCache.options.cacheDir to /tmp/mikro-orm.',
  },
] as const
export const metadataOf = ({ dependencies }: Manifest) =>
  METADATA.filter((row) => row.package in dependencies)

export const isCompiled = ({ build }: NativeRow): boolean => build?.includes('g++') === true

/** Dependencies that lie in a repository, not in the registry: package managers call git to fetch them. */
export const fromGit = ({ dependencies, devDependencies }: Manifest): [string, string][] =>
  Object.entries({ ...dependencies, ...devDependencies }).filter(([, range]) =>
    /^(git[+:@]|ssh:|github:|gitlab:|bitbucket:|[\w-]+\/[\w.-]+(#|$))/.test(range),
  )
