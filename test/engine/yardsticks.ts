/** What an app comes to without us: its production dependencies, installed plainly, and the files that it needs to run. */
export interface Yardstick {
  /** An image with the tools. */
  tools: string
  /** Installs production dependencies alone. */
  production: string
  /** The folder that they are in then. */
  dependencies: string
  /** Installs everything and builds; absent: the source is the app. */
  build?: string
  /** What of the project runs, as `find` takes it. */
  app: string
  /** One line, where fixture.json names none. */
  edit?: { file: string; from: string; to: string }
  /** Files that carry the version number. */
  version: string[]
  /** What the framework makes anew with each build: a random name, a key. */
  varies?: RegExp
}

const NODE = 'node:24-trixie-slim'
const PYTHON = 'python:3.13-slim-trixie'
const MODULES = '/app/node_modules'
const VENV = '/opt/venv'
const NO_SOURCE_MAPS = "! -name '*.map' ! -name '*.d.ts' ! -name '*.test.*'"

const npm = (app: string, more: Partial<Yardstick> = {}): Yardstick => ({
  tools: NODE,
  production: 'npm ci --omit=dev',
  dependencies: MODULES,
  app,
  version: ['package.json', 'package-lock.json'],
  ...more,
})
const npmBuilt = (app: string, more: Partial<Yardstick> = {}) =>
  npm(app, { build: 'npm ci && npm run build', ...more })
/** A site: nothing of its dependencies is there any more. */
const site = (folder: string, more: Partial<Yardstick> = {}) =>
  npmBuilt(folder, { production: `mkdir ${MODULES}`, ...more })
const pip = (app: string, more: Partial<Yardstick> = {}): Yardstick => ({
  tools: PYTHON,
  production: 'python -m pip --python /opt/venv/bin/python install -r requirements.txt',
  dependencies: VENV,
  app,
  version: [],
  ...more,
})
const PNPM = 'npx --yes pnpm@10.34.9'
const YARN4 = 'YARN_NODE_LINKER=node-modules npx --yes @yarnpkg/cli-dist@4.18.1'
const YARN = 'npx --yes yarn@1.22.22'

export const YARDSTICKS: Readonly<Record<string, Yardstick>> = {
  'node-express-ts': npmBuilt(`dist package.json ${NO_SOURCE_MAPS}`),
  'node-nestjs': npmBuilt(`dist package.json ${NO_SOURCE_MAPS}`, {
    production: `${YARN} install --production --frozen-lockfile`,
    build: `${YARN} install --frozen-lockfile && ${YARN} run build`,
    version: ['package.json'],
  }),
  'node-hono-bun': {
    tools: 'oven/bun:1.4-slim',
    production: 'bun install --frozen-lockfile --production',
    dependencies: MODULES,
    build: 'apt-get update && apt-get install --yes tini',
    app: 'src package.json tsconfig.json /usr/bin/tini',
    version: [],
  },
  'node-next-standalone': npmBuilt('.next/standalone .next/static public', {
    // What it traces is part of its output.
    production: `mkdir ${MODULES}`,
    build: `${PNPM} install --frozen-lockfile && ${PNPM} run build`,
    version: ['package.json'],
    // BUILD_ID, which pages and manifests name, and keys of its server.
    varies: /^app\/\.next\//,
  }),
  'node-vite-react': site('dist', { version: ['package.json', 'package-lock.json'] }),
  'node-fastify': npmBuilt(`dist package.json ${NO_SOURCE_MAPS}`, {
    production: `${PNPM} install --prod --frozen-lockfile`,
    build: `${PNPM} install --frozen-lockfile && ${PNPM} run build`,
    edit: { file: 'src/index.ts', from: 'delay: 5000', to: 'delay: 4000' },
    version: ['package.json'],
  }),
  'node-yarn4-modules': npmBuilt(`dist package.json ${NO_SOURCE_MAPS}`, {
    production: `${YARN4} workspaces focus --production`,
    build: `${YARN4} install --immutable && ${YARN4} run build`,
    edit: { file: 'src/main.ts', from: "'notes'", to: "'edited'" },
    version: ['package.json'],
  }),
  'node-nuxt': npmBuilt(`.output ${NO_SOURCE_MAPS}`, {
    production: `mkdir ${MODULES}`,
    build: `${PNPM} install --frozen-lockfile && ${PNPM} run build`,
    edit: { file: 'app/app.vue', from: '<h1>', to: '<h1>Edited ' },
    version: [],
  }),
  'node-tanstack-start': npmBuilt(`.output ${NO_SOURCE_MAPS}`, {
    production: `mkdir ${MODULES}`,
    edit: { file: 'src/routes/index.tsx', from: 'Planner', to: 'Edited' },
    version: [],
  }),
  'node-sveltekit-node': npmBuilt(`build package.json ${NO_SOURCE_MAPS}`, {
    edit: { file: 'src/routes/+page.svelte', from: 'forum', to: 'edited' },
  }),
  'python-django-pip': pip('manage.py config shop staticfiles requirements requirements*.txt runtime.txt', {
    build: `DATABASE_URL=sqlite:////tmp/x DJANGO_SETTINGS_MODULE=config.settings.production DJANGO_SECRET_KEY=x ${VENV}/bin/python manage.py collectstatic --noinput`,
  }),
  'python-fastapi-uv': pip('app migrations alembic.ini pyproject.toml .env.example', {
    production:
      'pip install uv && uv export --frozen --no-dev --no-emit-project -o /tmp/list && python -m pip --python /opt/venv/bin/python install --no-deps -r /tmp/list',
    version: ['pyproject.toml', 'uv.lock'],
  }),
  'python-flask-poetry': pip('notes pyproject.toml', {
    production:
      'pip install poetry poetry-plugin-export && poetry export --only main -o /tmp/list && python -m pip --python /opt/venv/bin/python install --no-deps -r /tmp/list',
    version: ['pyproject.toml'],
  }),
}

/** Two stages that print what they hold; nothing of the Dockerfile that is measured is in it. */
export const yardstickFile = ({ tools, production, dependencies, build, app }: Yardstick): string => `
FROM ${tools} AS dependencies
WORKDIR /app
COPY . .
RUN ${tools === PYTHON ? `python -m venv --without-pip ${VENV}` : 'true'}
RUN ${production}
RUN find ${dependencies} -type f -printf '%s\\t%p\\n' > /dependencies
FROM ${build && tools !== PYTHON ? tools : 'dependencies'} AS app
WORKDIR /app
${build && tools !== PYTHON ? 'COPY . .' : ''}
RUN ${build ?? 'true'}
RUN find ${app.includes(' ! ') ? app.replace(' ! ', ' -type f ! ') : `${app} -type f`} ! -name '*.test.*' ! -name tests.py -printf '%s\\t%p\\n' > /app.txt
FROM scratch
COPY --from=dependencies /dependencies /dependencies
COPY --from=app /app.txt /app
`
