// `npm start -- <dir>` in a checkout: installs and builds what is missing, then runs the tool.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const node = (args, cwd) => spawnSync(process.execPath, args, { stdio: 'inherit', cwd }).status ?? 1

function prepare() {
  if (!existsSync(join(root, 'node_modules', 'tsdown'))) {
    // npm's own file, run by node: the same on every system.
    const status = node([process.env.npm_execpath, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], root)
    if (status !== 0) return status
  }
  const built = join(root, 'dist', 'cli.js')
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).map(
    (entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs,
  )
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources)) return 0
  return node([join(root, 'node_modules', 'tsdown', 'dist', 'run.mjs'), '--log-level', 'error'], root)
}

// A relative folder means one where the person stands, not where npm runs scripts.
process.exitCode =
  prepare() ||
  node(
    [join(root, 'bin', 'create-prod-docker.js'), ...process.argv.slice(2)],
    process.env.INIT_CWD ?? process.cwd(),
  )
