// Apps that nobody here wrote, as rows: what makes each one, word for word. To add one is to add a row.

// One day for what a scaffolder leaves open (`^1.2.0`): the same app on every run.
const DAY = '2026-10-20'
const NPM = `npm install --before=${DAY}`

const vite = (name, template) => ({
  name: `vite-${name}`,
  by: 'create-vite@9.3.0',
  make: [`npx create-vite@9.3.0 app --template ${template} --no-interactive`],
  inside: [NPM],
})
const next = (name, manager, flags = '') => ({
  name,
  by: 'create-next-app@16.4.3',
  make: [`npx create-next-app@16.4.3 app --yes --ts --app --use-${manager}${flags}`],
})
const svelte = (name, ...inside) => ({
  name,
  by: 'sv@0.17.1',
  make: ['npx sv@0.17.1 create app --template minimal --types ts --no-add-ons --no-install'],
  inside: [...inside, NPM],
})
const fastify = (name, flags) => ({
  name,
  by: 'fastify-cli@8.0.2',
  make: [`npx fastify-cli@8.0.2 generate app ${flags}`],
  inside: [NPM],
})
const hono = (name, template, manager) => ({
  name,
  by: 'create-hono@0.19.5',
  make: [`npx create-hono@0.19.5 app --template ${template} --pm ${manager} --install`],
  needs: 'GitHub',
})
/** A manifest as `npm init` writes it, the scripts and files that the documentation gives for a manual installation. */
const documented = (name, by, { scripts, packages, files, inside = [], install = NPM }) => ({
  name,
  by,
  inside: [
    'npm init --yes',
    'npm pkg delete main scripts.test',
    `npm pkg set type=module ${Object.entries(scripts)
      .map(([script, command]) => `scripts.${script}=${command.replaceAll(' ', '\u00a0')}`)
      .join(' ')}`,
    `${install} ${packages}`,
    ...inside,
  ],
  files,
})
// By pnpm: its lockfile does not name the binaries of other platforms, which not every mirror of the registry has.
const ASTRO = {
  install: 'pnpm add',
  scripts: { dev: 'astro dev', build: 'astro build', preview: 'astro preview' },
  packages: 'astro@7.3.5',
  files: {
    'astro.config.mjs': `import { defineConfig } from 'astro/config'\n\nexport default defineConfig({})\n`,
    'src/pages/index.astro': `---\n// Welcome to Astro!\n---\n\n<html lang="en">\n  <head>\n    <meta charset="utf-8" />\n    <title>Astro</title>\n  </head>\n  <body>\n    <h1>Astro</h1>\n  </body>\n</html>\n`,
    'public/robots.txt': 'User-agent: *\nDisallow: /\n',
  },
}
const FASTAPI = `from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\nasync def root():\n    return {"message": "Hello World"}\n`

/**
 * `make` runs in an empty folder and leaves `app/`; `inside` runs in `app/`, after `files` are written. `into`: standard
 * output becomes that file; `input`: what is answered. `needs`: what it fetches from, besides the package registries.
 */
export const APPS = [
  vite('react', 'react-ts'),
  vite('vue', 'vue'),
  vite('vanilla', 'vanilla'),
  {
    name: 'vue',
    by: 'create-vue@3.24.0',
    make: ['npx create-vue@3.24.0 app --default'],
    inside: [NPM],
  },
  next('next', 'npm'),
  next('next-pnpm', 'pnpm'),
  // The same without fonts of Google's, which a build fetches: it is proven where those are out of reach.
  next('next-empty', 'npm', ' --empty'),
  next('next-empty-pnpm', 'pnpm', ' --empty'),
  {
    name: 't3',
    by: 'create-t3-app@7.40.0',
    make: [
      'npx create-t3-app@7.40.0 app --CI --noGit --noInstall --trpc --tailwind --appRouter --drizzle --dbProvider sqlite',
    ],
    inside: [NPM],
  },
  svelte('sv'),
  svelte('sv-node', 'npx sv@0.17.1 add sveltekit-adapter=adapter:node --no-install --no-git-check'),
  {
    name: 'nuxt',
    by: 'create-nuxt@3.37.0',
    make: [
      'npx create-nuxt@3.37.0 app --template minimal --packageManager npm --no-gitInit --no-modules --no-install',
    ],
    inside: [NPM],
    needs: 'GitHub',
  },
  documented('nuxt-documented', "npm init, and Nuxt's manual installation", {
    scripts: { dev: 'nuxt dev', build: 'nuxt build', preview: 'nuxt preview' },
    packages: 'nuxt vue vue-router',
    files: {
      'nuxt.config.ts': `export default defineNuxtConfig({\n  compatibilityDate: '2026-10-01',\n})\n`,
      'app/app.vue': '<template>\n  <h1>Welcome to Nuxt!</h1>\n</template>\n',
    },
  }),
  {
    name: 'nest',
    by: '@nestjs/cli@12.0.8',
    make: ['npx @nestjs/cli@12.0.8 new app --package-manager npm --skip-install --skip-git'],
    inside: [NPM],
  },
  {
    name: 'react-router',
    by: 'create-react-router@8.4.0',
    make: ['npx create-react-router@8.4.0 app --yes --no-git-init'],
    needs: 'GitHub',
  },
  documented('react-router-documented', "npm init, and React Router's custom installation", {
    scripts: {
      dev: 'react-router dev',
      build: 'react-router build',
      start: 'react-router-serve ./build/server/index.js',
    },
    packages:
      'react react-dom react-router @react-router/node @react-router/serve isbot @react-router/dev vite',
    files: {
      'vite.config.ts': `import { reactRouter } from '@react-router/dev/vite'\nimport { defineConfig } from 'vite'\n\nexport default defineConfig({\n  plugins: [reactRouter()],\n})\n`,
      'app/root.tsx': `import { Links, Meta, Outlet, Scripts, ScrollRestoration } from 'react-router'\n\nexport function Layout({ children }: { children: React.ReactNode }) {\n  return (\n    <html lang="en">\n      <head>\n        <meta charSet="utf-8" />\n        <Meta />\n        <Links />\n      </head>\n      <body>\n        {children}\n        <ScrollRestoration />\n        <Scripts />\n      </body>\n    </html>\n  )\n}\n\nexport default function App() {\n  return <Outlet />\n}\n`,
      'app/routes.ts': `import { index, type RouteConfig } from '@react-router/dev/routes'\n\nexport default [index('./home.tsx')] satisfies RouteConfig\n`,
      'app/home.tsx': 'export default function Home() {\n  return <h1>Hello World</h1>\n}\n',
    },
  }),
  {
    name: 'express-generator',
    by: 'express-generator@4.16.1',
    make: ['npx express-generator@4.16.1 --view=pug app'],
    inside: [NPM],
  },
  fastify('fastify', '--esm'),
  fastify('fastify-ts', '--lang=ts'),
  hono('hono', 'nodejs', 'npm'),
  hono('hono-bun', 'bun', 'bun'),
  documented('hono-documented', "npm init, and Hono's Node.js guide", {
    scripts: { dev: 'tsx watch src/index.ts', build: 'tsc', start: 'node dist/index.js' },
    packages: 'hono @hono/node-server typescript@5 tsx @types/node@24',
    files: {
      'tsconfig.json': `{\n  "compilerOptions": {\n    "target": "ESNext",\n    "module": "NodeNext",\n    "strict": true,\n    "verbatimModuleSyntax": true,\n    "skipLibCheck": true,\n    "types": ["node"],\n    "outDir": "./dist"\n  },\n  "exclude": ["node_modules"]\n}\n`,
      'src/index.ts': `import { serve } from '@hono/node-server'\nimport { Hono } from 'hono'\n\nconst app = new Hono()\napp.get('/', (c) => c.text('Hello Node.js!'))\n\nconst server = serve(app)\n\n// graceful shutdown\nprocess.on('SIGINT', () => {\n  server.close()\n  process.exit(0)\n})\nprocess.on('SIGTERM', () => {\n  server.close((err) => {\n    if (err) {\n      console.error(err)\n      process.exit(1)\n    }\n    process.exit(0)\n  })\n})\n`,
    },
  }),
  {
    name: 'angular',
    by: '@angular/cli@22.2.2',
    make: ['npx @angular/cli@22.2.2 new app --defaults --skip-git --skip-install'],
    inside: [NPM],
  },
  {
    name: 'astro',
    by: 'create-astro@5.2.4',
    make: ['npx create-astro@5.2.4 app --template minimal --install --no-git --yes'],
    needs: 'GitHub',
  },
  documented('astro-documented', "npm init, and Astro's manual setup", ASTRO),
  documented('astro-node', "npm init, Astro's manual setup, and astro add node", {
    ...ASTRO,
    inside: ['npx astro add node --yes'],
  }),
  {
    name: 'tanstack-start',
    by: '@tanstack/create-start@0.59.43',
    make: ['npx @tanstack/create-start@0.59.43 app --package-manager pnpm --no-git --no-install'],
    inside: ['pnpm install'],
  },
  {
    name: 'docusaurus',
    by: 'create-docusaurus@3.10.2',
    make: ['npx create-docusaurus@3.10.2 app classic --typescript --skip-install'],
    inside: ['npm install'],
  },
  {
    name: 'adonis',
    by: 'create-adonisjs@3.4.0',
    make: ['npx create-adonisjs@3.4.0 app --kit=api'],
    needs: 'GitHub',
  },
  {
    name: 'django',
    by: 'django-admin startproject, Django 5.2.19',
    inside: [
      'uv venv',
      'uv pip install django==5.2.19',
      'uv run --no-project django-admin startproject mysite .',
      { run: 'uv pip freeze', into: 'requirements.txt' },
    ],
    path: '/admin/login/',
  },
  {
    name: 'uv',
    by: 'uv init, uv 0.13.6',
    make: ['uv init app'],
    inside: ['uv lock'],
  },
  {
    name: 'fastapi',
    by: "uv init, uv add fastapi[standard], and FastAPI's first steps",
    make: ['uv init --bare app'],
    inside: [`uv add fastapi[standard]`],
    files: { 'main.py': FASTAPI },
  },
  {
    name: 'fastapi-packaged',
    by: "uv init, uv add fastapi[standard], and FastAPI's first steps",
    make: ['uv init app'],
    inside: [`uv add fastapi[standard]`],
    files: { 'src/app/main.py': FASTAPI },
  },
  {
    name: 'litestar',
    by: "uv init, uv add litestar[standard], and Litestar's minimal app",
    make: ['uv init --bare app'],
    inside: [`uv add litestar[standard]`],
    files: {
      'app.py': `from litestar import Litestar, get\n\n\n@get("/")\nasync def index() -> str:\n    return "Hello, world!"\n\n\napp = Litestar([index])\n`,
    },
  },
  {
    name: 'streamlit',
    by: 'streamlit init, Streamlit 1.67.0',
    inside: [{ run: 'uvx streamlit@1.67.0 init .', input: 'n\n' }],
  },
]

/** What the scaffolders run on, whatever the machine has: installed for one run of the proof. */
export const TOOLS = {
  npm: ['node@24.21.0', 'pnpm@10.34.9', 'bun@1.4.5'],
  pip: ['uv==0.13.6'],
}
