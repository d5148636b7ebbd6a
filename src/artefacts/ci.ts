import { ACTION_TOOLS, ACTIONS } from '../data/versions.ts'
import type { AppModel } from '../model.ts'
import { render } from '../render.ts'
import { composeCommand, dockerfilePath } from './paths.ts'
import type { Artefact, ArtefactInput } from './types.ts'

/** `.github/workflows/docker.yml`: check, build, test, scan, and on the main branch publish and sign. */
export const ciArtefact: Artefact = {
  id: 'ci',
  title: 'checks, builds, tests, scans, publishes',
  needs: ['dockerfile'],
  group: 'ci',
  facts: ['language', 'publicVars', 'services'],
  render: (input) =>
    input.answers.ci === 'none'
      ? []
      : [
          {
            id: 'ci',
            path: '.github/workflows/docker.yml',
            kind: 'workflow',
            rendered: render('shared/github-workflow.ejs', workflow(input)),
          },
        ],
}

function workflow({
  app,
  services,
  answers,
  files,
  paths,
  ...input
}: ArtefactInput): Record<string, unknown> {
  const dockerfile = dockerfilePath(paths)
  const scannerName = answers.scanner ?? 'trivy'
  const withServices = services.length > 0 && files.includes('compose')
  return {
    ...Object.fromEntries(
      Object.entries(ACTIONS).map(([key, { uses, sha, tag }]) => [key, `${uses}@${sha} # ${tag}`]),
    ),
    scanner: actionLine(scannerName),
    scannerName,
    trivy: scannerName === 'trivy',
    scannerVersion: ACTION_TOOLS.trivy,
    cosignVersion: ACTION_TOOLS.cosign,
    cron: input.cron ?? cron(app.name),
    hasCompose: files.includes('compose'),
    compose: composeCommand(paths),
    checkFile: dockerfile === undefined ? '' : `--file ${dockerfile} `,
    testsInTarget: app.test !== null && services.length === 0,
    testsInCompose: app.test !== null && withServices,
    buildInputs: buildInputs(app, dockerfile),
    testEnvironment: testEnvironment(app),
  }
}

function actionLine(key: keyof typeof ACTIONS): string {
  const { uses, sha, tag } = ACTIONS[key]
  return `${uses}@${sha} # ${tag}`
}

/** A weekly moment that differs from app to app, so that not all of them run at once; the same app gets the same one. */
function cron(name: string): string {
  const hash = [...name].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) as number)) % 86_400, 7)
  return `${hash % 60} ${Math.floor(hash / 60) % 24} * * ${1 + (hash % 5)}`
}

const INPUT = ' '.repeat(10)

/** `build-args` from the repository's variables, `secrets` from its secrets: no value of either stands in the file. */
function buildInputs(app: AppModel, dockerfile: string | undefined): string {
  const args = [
    ...app.publicVars.filter(({ built }) => !built || fallback(built)),
    // These are optional, and an empty one is not the same as none.
    ...(app.buildVars ?? []).filter((variable) => fallback(variable.default)),
  ]
    .filter(({ name }) => isName(name))
    .map(({ name, built, default: own }) => `${name}=\${{ vars.${name}${fallback(built ?? own)} }}`)
  const secrets = app.buildSecrets
    .filter(({ id }) => /^[\w.-]+$/.test(id))
    .map(({ id, env }) => {
      const name = secretName(env ?? id)
      return `${id}=\${{ secrets.${name} }}`
    })
  const file = dockerfile === undefined ? [] : [`${INPUT}file: ${dockerfile}\n`]
  return [...file, ...block('build-args', args, 'PD020'), ...block('secrets', secrets, 'PD019')].join('')
}

function block(key: string, lines: readonly string[], rule: string): string[] {
  return lines.length === 0
    ? []
    : [`${INPUT}${key}: | #@${rule}\n`, ...lines.map((line) => `${INPUT}  ${line}\n`)]
}

/** An empty build argument overrules the Dockerfile's default: the default is repeated, where it is plain enough to be; one of the Dockerfile itself that is not stays there alone. */
function fallback(value: string | undefined): string {
  return value && /^[\w:/.,@+=?&~ -]{1,200}$/.test(value) ? ` || '${value}'` : ''
}

/** Compose reads build secrets from the environment of the step. */
function testEnvironment(app: AppModel): string {
  const names = app.buildSecrets.flatMap(({ env, step }) => (env && !step && isName(env) ? [env] : []))
  if (names.length === 0) return ''
  return `        env:\n${names.map((name) => `          ${name}: \${{ secrets.${secretName(name)} }} #@PD068\n`).join('')}`
}

/** GitHub keeps names that start with its own to itself. */
function secretName(name: string): string {
  const safe = name
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .replace(/^(?=\d)/, '_')
  return safe === 'GITHUB_TOKEN' ? safe : safe.replace(/^GITHUB_/, 'GH_')
}

function isName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name)
}
