/** The published generator that is run beside ours, on Node.js apps. */
export const GENERATOR = { name: '@flydotio/dockerfile', version: '0.7.10' }

/** Dockerfiles as common guides teach them, in our words: test/bench/<case>/<id>.Dockerfile. `ignore`: with a .dockerignore. */
export const YARDSTICKS = {
  'single-stage': { title: 'guide: single stage', ignore: false },
  'two-stages': { title: 'guide: two stages', ignore: true },
  standalone: { title: 'guide: standalone output', ignore: true },
  wheels: { title: 'guide: pip wheels', ignore: true },
  uv: { title: 'guide: uv', ignore: true },
  venv: { title: 'guide: two stages, venv', ignore: true },
}

const POSTGRES = {
  name: 'postgres',
  image: 'postgres:18-trixie',
  env: { POSTGRES_USER: 'app', POSTGRES_PASSWORD: 'bench', POSTGRES_DB: 'app' },
  ready: ['pg_isready', '-h', '127.0.0.1', '-U', 'app', '-d', 'app'],
}

/**
 * One row per fixture. `path` answers without a database where the app allows that; `services` run where it does not.
 * `tools`: what its users have installed, which the generator asks for.
 */
export const CASES = [
  {
    name: 'node-express-ts',
    title: 'Express, TypeScript, npm',
    path: '/healthz',
    env: { DATABASE_URL: 'postgres://app:bench@127.0.0.1:5432/app' },
    yardsticks: ['single-stage', 'two-stages'],
    tools: [],
  },
  {
    name: 'node-nestjs',
    title: 'NestJS, Yarn 1',
    path: '/api/health',
    env: {
      DATABASE_HOST: 'postgres',
      DATABASE_USER: 'app',
      DATABASE_PASSWORD: 'bench',
      DATABASE_NAME: 'app',
    },
    services: [POSTGRES],
    yardsticks: ['single-stage', 'two-stages'],
    tools: ['yarn@1'],
  },
  {
    name: 'node-next-standalone',
    title: 'Next.js with standalone output, pnpm',
    path: '/',
    yardsticks: ['single-stage', 'two-stages', 'standalone'],
    tools: ['pnpm@10'],
  },
  {
    name: 'node-vite-react',
    title: 'Vite and React, static, npm',
    path: '/',
    yardsticks: ['single-stage', 'two-stages'],
    tools: [],
  },
  {
    name: 'node-hono-bun',
    title: 'Hono, Bun',
    path: '/up',
    yardsticks: ['single-stage', 'two-stages'],
    tools: ['bun@1'],
  },
  {
    name: 'python-fastapi-uv',
    title: 'FastAPI, uv',
    path: '/healthz',
    env: {
      DATABASE_URL: 'postgresql+asyncpg://app:bench@127.0.0.1:5432/app',
      REDIS_URL: 'redis://127.0.0.1:6379/0',
    },
    yardsticks: ['single-stage', 'wheels', 'uv'],
  },
  {
    name: 'python-django-pip',
    title: 'Django, pip',
    path: '/api/healthz/',
    env: { DATABASE_URL: 'postgresql://app:bench@127.0.0.1:5432/app', DJANGO_SECRET_KEY: 'bench' },
    yardsticks: ['single-stage', 'wheels'],
  },
  {
    name: 'python-flask-poetry',
    title: 'Flask, Poetry',
    path: '/api/health',
    env: { SECRET_KEY: 'bench' },
    yardsticks: ['single-stage', 'wheels', 'venv'],
  },
]
