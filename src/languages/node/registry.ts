import type { Warning } from '../../facts.ts'
import type { BuildSecret, Variable } from '../../model.ts'
import type { Project } from '../../project.ts'

/** Files that may hold a token of a private registry. */
const FILES = ['.npmrc', '.yarnrc.yml', 'bunfig.toml'] as const
/** `//host/:_authToken=${NPM_TOKEN}`, `npmAuthToken: "${TOKEN-}"`, `token = "$TOKEN"`. */
const REFERENCE_RE =
  /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent|token|password)["']?\s*[=:]\s*["']?\$\{?(\w+)/gi
const LITERAL_RE =
  /(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent)["']?\s*[=:]\s*["']?(?!\$)[\w+/=.~-]{8,}/i

/** Tokens that the install needs: handed over by secret mounts, which leave nothing in a layer. */
export function findBuildSecrets(
  project: Project,
  manager: string,
): { secrets: BuildSecret[]; source: string; warnings: Warning[] } {
  const secrets: BuildSecret[] = []
  const warnings: Warning[] = []
  let source = ''
  for (const file of FILES) {
    const text = project.source(file)
    if (
      !text ||
      (file === '.yarnrc.yml' && manager !== 'yarn') ||
      (file === 'bunfig.toml' && manager !== 'bun')
    )
      continue
    if (LITERAL_RE.test(text)) {
      secrets.push({ id: file.replace(/^\./, '').replace('.', '_'), file })
      source ||= file
      warnings.push({
        rule: 'PD019',
        message: `${file} holds a token in plain text: it reaches the build as a secret mount, never a layer. Better: write \${NPM_TOKEN} there, and take the token out of the repository.`,
        file,
      })
      continue
    }
    for (const match of text.matchAll(REFERENCE_RE)) {
      const env = match[1] as string
      if (!secrets.some((secret) => secret.env === env)) secrets.push({ id: env.toLowerCase(), env })
      source ||= file
    }
  }
  return { secrets, source, warnings }
}

/** And variables that the build reads and nobody else may: mounted while it runs. What it writes down of them is said. */
export function addBuildSecrets(
  variables: readonly Variable[],
  found: ReturnType<typeof findBuildSecrets>,
): void {
  const { secrets, warnings } = found
  const read = variables.filter(({ name, build }) => build === 'secret' && /^[A-Za-z_]\w*$/.test(name))
  const frozen = read.filter(({ required }) => required).map(({ name }) => name)
  if (frozen.length > 0)
    warnings.push({
      rule: 'PD019',
      message: `${frozen.join(', ')}: $env/static/private freezes the value into the image, where whoever has that can read it. The build gets it as a secret; $env/dynamic/private would read it when the app starts.`,
    })
  for (const { name, sources } of read) {
    if (secrets.some(({ env }) => env === name)) continue
    secrets.push({ id: name.toLowerCase(), env: name, step: 'build' })
    found.source ||= sources[0] as string
  }
}
