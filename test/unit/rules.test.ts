import { describe, expect, it } from 'vitest'
import { CHECKS, findingsIn } from '../../src/rules/checks/index.ts'
import { RULES, ruleById } from '../../src/rules/index.ts'

const TOP = '# syntax=docker/dockerfile:1\n# check=error=true\n'
/** A file without a fault: each bad text below differs from it by one. */
const GOOD = `${TOP}
FROM node:24-trixie-slim AS base
WORKDIR /app
FROM base AS deps
RUN --mount=type=bind,source=package.json,target=package.json \\
    --mount=type=bind,source=package-lock.json,target=package-lock.json \\
    --mount=type=cache,id=npm,target=/root/.npm \\
    npm ci
FROM deps AS build
COPY . .
RUN npm run build
FROM gcr.io/distroless/nodejs24-debian13:nonroot AS runtime
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0
COPY --link --from=build /app/dist ./dist
USER 65532:65532
HEALTHCHECK --interval=30s CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:3000')"]
CMD ["dist/server.js"]
`
const PYTHON = `${TOP}
FROM python:3.13-slim-trixie AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
FROM base AS build
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=0
RUN --mount=type=cache,id=uv,target=/root/.cache/uv --mount=type=bind,source=uv.lock,target=uv.lock uv sync --locked --no-install-project
COPY . .
RUN SECRET_KEY=dummy python manage.py collectstatic --noinput
FROM base AS runtime
COPY --link --from=build /app/.venv /app/.venv
USER 65532:65532
CMD ["/app/.venv/bin/gunicorn", "--worker-tmp-dir", "/dev/shm", "shop.wsgi"]
`
const NGINX = `${TOP}
FROM node:24-trixie-slim AS build
FROM nginxinc/nginx-unprivileged:1.30-trixie AS runtime
COPY <<'EOF' /etc/nginx/nginx.conf
server {
  add_header Cache-Control no-cache;
  add_header X-Content-Type-Options nosniff;
  location = /healthz { return 200; }
  location / { try_files $uri /index.html; }
}
EOF
USER 101:101
HEALTHCHECK CMD ["curl", "-f", "http://127.0.0.1:8080/healthz"]
CMD ["nginx", "-g", "daemon off;"]
`
const IGNORE = '.env*\n!.env.example\n*.pem\n.git\nnode_modules\n'
const COMPOSE = `services:
  app:
    build: .
    environment:
      DATABASE_URL: postgres://app:\${POSTGRES_PASSWORD:-dev-only}@db:5432/app
    ports: ["127.0.0.1:3000:3000"]
    depends_on:
      db:
        condition: service_healthy
      migrate:
        condition: service_completed_successfully
  migrate:
    build: .
  db:
    image: postgres:18-trixie
    environment:
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:-dev-only}
    volumes: ["data:/var/lib/postgresql"]
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -h 127.0.0.1"]
volumes:
  data: {}
`
const SHA = '3d3c42e5aac5ba805825da76410c181273ba90b1'
const CI = `on:
  push: {}
  schedule: [{ cron: "1 1 * * 1" }]
permissions: {}
concurrency: { group: x }
jobs:
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@${SHA} # v7.0.1
        with: { persist-credentials: false }
      - uses: aquasecurity/trivy-action@${SHA}
        with: { exit-code: "1" }
      - uses: github/codeql-action/upload-sarif@${SHA}
      - uses: docker/metadata-action@${SHA}
        with: { flavor: latest=false }
      - uses: docker/build-push-action@${SHA}
        with: { push: true, sbom: true, provenance: mode=max, tags: "app:1" }
      - run: cosign sign "$IMAGE"
`

type Case = [rule: string, text: string, from: string | RegExp, to: string]
/** Per rule with a check: a good text, made bad. */
const CASES: readonly Case[] = [
  ['PD001', GOOD, '# check=error=true\n', ''],
  ['PD001', GOOD, '# syntax=docker/dockerfile:1\n', ''],
  ['PD002', GOOD, 'node:24-trixie-slim', 'node:24-slim'],
  ['PD002', GOOD, 'node:24-trixie-slim', 'node'],
  ['PD002', GOOD, 'FROM node:24-trixie-slim', 'ARG X=latest\nFROM node:latest'],
  ['PD003', GOOD, /FROM base AS deps[\s\S]*/, 'CMD ["x"]\nUSER 1'],
  [
    'PD003',
    GOOD,
    'USER 65532',
    'RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev && rm -rf /var/lib/apt/lists/*\nUSER 65532',
  ],
  ['PD004', GOOD, 'FROM base AS deps\n', 'FROM base AS deps\nCOPY . .\n'],
  ['PD005', GOOD, 'type=cache,id=npm,', 'type=cache,'],
  ['PD006', GOOD, 'npm ci', 'npm install'],
  ['PD006', GOOD, 'npm ci', 'pnpm install'],
  ['PD006', PYTHON, 'uv sync --locked', 'uv sync'],
  [
    'PD008',
    GOOD,
    'COPY --link --from=build /app/dist ./dist',
    'COPY --from=build --chown=65532:65532 /app ./',
  ],
  ['PD008', GOOD, 'USER 65532', 'RUN chown -R 65532 /app\nUSER 65532'],
  ['PD009', GOOD, 'USER 65532:65532\n', ''],
  ['PD009', GOOD, 'USER 65532:65532', 'USER node'],
  ['PD009', GOOD, 'USER 65532:65532', 'USER 0'],
  ['PD010', GOOD, 'CMD ["dist/server.js"]', 'CMD node dist/server.js'],
  ['PD012', GOOD, 'http://127.0.0.1:3000', 'http://localhost:3000'],
  ['PD012', GOOD, '"/nodejs/bin/node", "-e"', '"curl", "-f"'],
  ['PD014', GOOD, 'npm run build', 'npm install -g pnpm && pnpm build'],
  ['PD014', PYTHON, 'RUN SECRET', 'RUN pip install poetry && SECRET'],
  ['PD015', GOOD, 'npm run build', 'corepack enable && npm run build'],
  ['PD016', GOOD, 'RUN npm run', 'RUN apt-get update && apt-get install -y git && npm run'],
  [
    'PD016',
    GOOD,
    'RUN npm run',
    'RUN apt-get update && apt-get install -y --no-install-recommends git=1:2.47 && rm -rf /var/lib/apt/lists/* && npm run',
  ],
  ['PD017', GOOD, 'HOST=0.0.0.0', 'NODE_OPTIONS=--max-old-space-size=512'],
  ['PD018', GOOD, 'FROM base AS deps\n', 'FROM base AS deps\nENV NODE_ENV=production\n'],
  ['PD019', GOOD, 'RUN npm run', 'ARG NPM_TOKEN\nRUN npm run'],
  ['PD019', GOOD, 'HOST=0.0.0.0', 'API_KEY=1'],
  [
    'PD021',
    GOOD,
    'CMD ["dist/server.js"]',
    'CMD ["sh", "-c", "prisma migrate deploy && node dist/server.js"]',
  ],
  ['PD022', GOOD, 'node:24-trixie-slim', 'node:20-trixie-slim'],
  ['PD022', GOOD, 'nodejs24-debian13', 'nodejs20-debian13'],
  ['PD022', PYTHON, 'python:3.13', 'python:3.9'],
  ['PD023', GOOD, '/app/dist ./dist', '/app/dist /bin/dist'],
  ['PD024', GOOD, 'HOST=0.0.0.0', 'HOST=127.0.0.1'],
  ['PD024', PYTHON, '"shop.wsgi"', '"--bind", "localhost:8000"'],
  ['PD025', NGINX, 'nginxinc/nginx-unprivileged', 'nginx'],
  ['PD026', NGINX, '  add_header Cache-Control no-cache;\n', ''],
  ['PD026', NGINX, 'try_files $uri /index.html;', ''],
  ['PD027', NGINX, '  add_header X-Content-Type-Options nosniff;\n', ''],
  ['PD027', NGINX, 'location = /healthz { return 200; }', ''],
  ['PD050', PYTHON, '/app/.venv /app/.venv', '/app/.venv /opt/venv'],
  ['PD051', PYTHON, 'PYTHONUNBUFFERED=1', ''],
  ['PD052', PYTHON, 'UV_LINK_MODE=copy', ''],
  ['PD052', PYTHON, 'UV_PYTHON_DOWNLOADS=0', ''],
  ['PD053', PYTHON, '"--worker-tmp-dir", "/dev/shm", ', ''],
  ['PD054', PYTHON, '/app/.venv/bin/gunicorn', 'supervisord'],
  ['PD055', PYTHON, 'COPY . .', 'ENV SECRET_KEY=x\nCOPY . .'],
  [
    'PD056',
    PYTHON,
    '"/app/.venv/bin/gunicorn", "--worker-tmp-dir", "/dev/shm", "shop.wsgi"',
    '"python", "manage.py", "runserver"',
  ],
  ['PD083', GOOD, 'AS runtime', 'AS dev'],
  ['PD092', GOOD, '"dist/server.js"', '"npm", "start"'],
  ['PD092', GOOD, '"dist/server.js"', '"sh", "-c", "node dist/server.js"'],
  ['PD030', IGNORE, '.env*\n', ''],
  ['PD030', IGNORE, '*.pem\n', ''],
  ['PD031', IGNORE, '.git\n', ''],
  ['PD031', IGNORE, 'node_modules\n', ''],
  ['PD032', IGNORE, '.git\n', '.git\npackage-lock.json\n'],
  ['PD040', COMPOSE, '127.0.0.1:3000:3000', '3000:3000'],
  ['PD041', COMPOSE, 'pg_isready -h 127.0.0.1', 'pg_isready'],
  ['PD041', COMPOSE, /\s+healthcheck:\n.*/, ''],
  ['PD042', COMPOSE, 'condition: service_healthy', 'condition: service_started'],
  ['PD043', COMPOSE, 'data:/var/lib/postgresql', 'data:/var/lib/postgresql/data'],
  ['PD043', COMPOSE, 'postgres:18-trixie', 'postgres:17-trixie'],
  ['PD043', COMPOSE, '    volumes: ["data:/var/lib/postgresql"]\n', ''],
  ['PD044', COMPOSE, '    ports:', '    volumes: [".:/app"]\n    ports:'],
  ['PD045', COMPOSE, 'POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-dev-only}', 'POSTGRES_PASSWORD: hunter2'],
  ['PD046', COMPOSE, 'postgres:18-trixie', 'postgres:latest'],
  ['PD047', COMPOSE, '@db:5432', '@localhost:5432'],
  ['PD048', COMPOSE, 'condition: service_completed_successfully', 'condition: service_healthy'],
  ['PD060', CI, `metadata-action@${SHA}`, 'metadata-action@v6'],
  ['PD061', CI, '\npermissions: {}', ''],
  ['PD061', CI, '    permissions: { contents: read }\n', ''],
  ['PD061', CI, 'persist-credentials: false', 'fetch-depth: 1'],
  ['PD062', CI, 'exit-code: "1"', 'exit-code: "0"'],
  ['PD062', CI, /\n.*trivy-action.*\n.*/, ''],
  ['PD063', CI, /\n.*upload-sarif.*/, ''],
  ['PD064', CI, 'sbom: true, ', ''],
  ['PD064', CI, 'provenance: mode=max, ', ''],
  ['PD065', CI, 'app:1', 'app:latest'],
  ['PD065', CI, /\n.*with: \{ flavor: latest=false \}/, ''],
  ['PD066', CI, /\n.*cosign sign.*/, ''],
  ['PD067', CI, '    timeout-minutes: 10\n', ''],
  ['PD067', CI, 'concurrency: { group: x }\n', ''],
  ['PD068', CI, '"$IMAGE"', '"${{ github.head_ref }}"'],
  ['PD069', CI, /\n {2}schedule.*/, ''],
  ['PD073', 'API_KEY=\n', 'API_KEY=', 'API_KEY=sk_live_123'],
]

describe('rules', () => {
  it('have an id each, a title, a reason in a few sentences, and references', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length)
    for (const { id, title, why, refs } of RULES) {
      expect(id).toMatch(/^PD\d{3}$/)
      expect(title, id).toMatch(/^\S.{5,80}\S$/)
      expect(title, id).not.toMatch(/\.$/)
      expect(why.split(/[.!?](?:\s|$)/).filter(Boolean).length, id).toBeLessThanOrEqual(4)
      expect(why, id).toMatch(/\.$/)
      for (const ref of refs)
        expect(ref, id).toMatch(
          /^(?:https:\/\/\S+|hadolint DL\d{4}.*|build check \w+|CIS Docker \d\.\d+|zizmor [\w-]+)$/,
        )
    }
    expect(ruleById('PD001')?.title).toBe('Current syntax, and checks that stop the build')
    expect(ruleById('PD999')).toBeUndefined()
  })

  it.each([
    ['dockerfile', GOOD],
    ['dockerfile', PYTHON],
    ['dockerfile', NGINX],
    ['dockerignore', IGNORE],
    ['compose', COMPOSE],
    ['ci', CI],
  ] as const)('find nothing in a good %s', (artefact, text) => {
    expect(findingsIn(artefact, text)).toEqual([])
  })

  it.each(CASES)('%s goes red', (id, good, from, to) => {
    const bad = good.replace(from, () => to)
    expect(bad).not.toBe(good)
    const findings = CHECKS.find(({ rule }) => rule === id)?.find(bad) ?? []
    expect(findings.map(({ rule }) => rule)).toContain(id)
    for (const { line, message } of findings) {
      expect(message).toMatch(/\S\.$/)
      if (line !== undefined) expect(line).toBeLessThanOrEqual(bad.split('\n').length)
    }
  })

  it('with a check were each seen red', () => {
    const red = new Set(CASES.map(([id]) => id))
    expect(CHECKS.map(({ rule }) => rule).filter((id) => !red.has(id))).toEqual([])
  })

  it('and their checks belong together: one check at most for a rule, none without, of the same artefact', () => {
    expect(new Set(CHECKS.map(({ rule }) => rule)).size).toBe(CHECKS.length)
    for (const { rule, artefact } of CHECKS) expect(ruleById(rule)?.artefact, rule).toBe(artefact)
  })

  it('say nothing of a text that is not theirs', () => {
    for (const text of ['', 'hello', '{', 'services: 1', 'jobs: []', '<<: *a']) {
      for (const artefact of ['dockerfile', 'compose', 'ci'] as const)
        expect(findingsIn(artefact, text), text).toEqual([])
    }
  })
})
