// `npm start -- <dir>` from a checkout: builds where sources are newer than the build, then runs the tool.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = (args, options) => spawnSync(process.execPath, args, { stdio: 'inherit', ...options }).status ?? 1

const built = join(root, 'dist', 'cli.js')
const newest = Math.max(...readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs))
if (!existsSync(built) || statSync(built).mtimeMs < newest) {
  if (!existsSync(join(root, 'node_modules', 'tsdown'))) {
    console.error('Run "npm ci" first.')
    process.exit(1)
  }
  const status = run([join(root, 'node_modules', 'tsdown', 'dist', 'run.mjs'), '--log-level', 'error'], { cwd: root })
  if (status !== 0) process.exit(status)
}
// npm runs scripts in the package's folder: a relative path means the one that the person stands in.
process.exitCode = run([join(root, 'bin', 'create-prod-docker.js'), ...process.argv.slice(2)], { cwd: process.env.INIT_CWD ?? process.cwd() })
