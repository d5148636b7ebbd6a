// Lists the base images that the expected Dockerfiles start from and that booted fixtures use; --missing: those that the engine lacks.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const fixtures = join(dirname(dirname(fileURLToPath(import.meta.url))), 'test', 'fixtures')
// The frontend, and every service that there is a stand-in for: each is booted once.
const SERVICES = [
  'postgres:18-trixie',
  'mariadb:11.8',
  'redis:8-trixie',
  'valkey/valkey:9-trixie',
  'rabbitmq:4-management',
  'memcached:1.6-trixie',
]
const refs = new Set(['docker/dockerfile:1', ...SERVICES])
for (const name of readdirSync(fixtures)) {
  const files = join(fixtures, name, 'expected', 'files')
  const dockerfile = join(files, 'Dockerfile')
  if (!existsSync(dockerfile)) continue
  const text = readFileSync(dockerfile, 'utf8')
  const stages = new Set([...text.matchAll(/^FROM \S+ AS (\S+)/gm)].map((match) => match[1]))
  for (const [, ref] of text.matchAll(/(?:^FROM |--from=)(\S+)/gm)) if (!stages.has(ref)) refs.add(ref)
  const config = join(fixtures, name, 'fixture.json')
  const compose = join(files, 'compose.yaml')
  if (existsSync(config) && existsSync(compose) && JSON.parse(readFileSync(config, 'utf8')).boot) {
    for (const [, ref] of readFileSync(compose, 'utf8').matchAll(/^ {4}image: (\S+)/gm)) refs.add(ref)
  }
}
const here = (ref) => spawnSync('docker', ['image', 'inspect', ref], { stdio: 'ignore' }).status === 0
for (const ref of [...refs].sort()) if (!process.argv.includes('--missing') || !here(ref)) console.log(ref)
