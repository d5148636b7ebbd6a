import { change, type Edit, insert } from './tree.ts'

/** The services of a compose file, each with the blank line and comments above it, and what is around them. */
function servicesOf(text: string): { head: string; services: string[]; tail: string } {
  const at = text.indexOf('\nservices:\n') + '\nservices:\n'.length
  const end = /^(?!services:)(?=\S)/m.exec(text.slice(at))?.index ?? text.length - at
  const services = text.slice(at, at + end).split(/(?<=\n)(?=\n(?: {2}#.*\n)* {2}[\w-]+:\n)/)
  return { head: text.slice(0, at), services, tail: text.slice(at + end) }
}

const app = (text: string) => servicesOf(text).services[0] ?? ''

export const COMPOSE_EDITS: readonly Edit[] = [
  change('compose', 'services-reordered', 'The last service comes first', (text) => {
    const { head, services, tail } = servicesOf(text)
    if (services.length < 2 || !tail) return text
    const last = services.pop() as string
    return [head, last.replace(/^\n/, ''), '\n', ...services, tail].join('')
  }),
  change('compose', 'service-added', 'A service of their own', (text, tree) => {
    const { head, services, tail } = servicesOf(text)
    const own = `\n  ${tree.word()}:\n    image: axllent/mailpit:v1.27\n    ports: ["127.0.0.1:8025:8025"]\n`
    return [head, ...services, own, tail].join('')
  }),
  change('compose', 'service-removed', 'The service for tests is gone', (text) => {
    const { head, services, tail } = servicesOf(text)
    return [head, ...services.filter((one) => !/^ {2}test:$/m.test(one)), tail].join('')
  }),
  change('compose', 'env-entry', 'A variable more for the app', (text, tree) =>
    insert(text, 'after', /^ {6}(PORT|HOST): /, `      FEATURE_FLAGS: ${tree.word()}`),
  ),
  change('compose', 'env-list', 'Variables as a list', (text, tree) => {
    const shared = /^x-environment:.*\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? ''
    const listed = (lines: string) =>
      lines
        .split('\n')
        .filter((line) => /^\s*\w+: /.test(line))
        .map((line) => `      - ${line.trim().replace(/^(\w+): "?(.*?)"?$/, '$1=$2')}\n`)
        .join('')
    return text.replace(
      /^( {4}environment:\n)((?: {6}.*\n)+)/m,
      (_all, head: string, lines: string) =>
        `${head}${lines.includes('<<:') ? listed(shared) : ''}${listed(lines)}      - FEATURE_FLAGS=${tree.word()}\n`,
    )
  }),
  change('compose', 'volume-added', 'A folder mounted', (text, tree) =>
    / {4}volumes:/.test(app(text))
      ? text
      : insert(text, 'after', /^ {4}init: true/, `    volumes:\n      - ./${tree.word()}:/data`),
  ),
  change('compose', 'health-interval', 'Another interval of a health check', (text, tree) =>
    text.replace(/^( {6}interval: )\d+s/m, (_all, key) => `${key}${tree.number()}s`),
  ),
  change('compose', 'profile-added', 'A profile for the last service', (text, tree) => {
    const { head, services, tail } = servicesOf(text)
    const last = services.pop() as string
    if (services.length === 0 || last.includes('profiles:')) return text
    return [
      head,
      ...services,
      last.replace(/^( {2}[\w-]+:\n)/m, (all) => `${all}    profiles: ["${tree.word()}"]\n`),
      tail,
    ].join('')
  }),
  change('compose', 'limits-added', 'Limits for the app', (text, tree) =>
    insert(text, 'after', /^ {4}init: true/, `    mem_limit: ${tree.number()}m\n    cpus: 2`),
  ),
  change('compose', 'service-tag', 'Renovate moves the tags of services', (text, tree) => {
    const minor = tree.number()
    return text.replace(/^( {4}image: [^\s:]+:)v?(\d+)/gm, (all) =>
      `${all}.${minor}`.replace(/(\d+)\.(\d+)$/, '$1.$2'),
    )
  }),
  change('compose', 'port-host', 'Another port on the machine', (text, tree) => {
    const port = tree.number()
    return text.replace(/(?<=\$\{PORT:-)\d+/, String(port))
  }),
  change('compose', 'single-quotes', 'prettier with single quotes', (text) =>
    text.replace(/"([^"'\\\n]*)"/g, "'$1'"),
  ),
  change('compose', 'indent-4', 'Indented by four', (text) =>
    text.replace(/^ +/gm, (spaces) => spaces + spaces).replace(/^( +)- /gm, '$1-   '),
  ),
  change('compose', 'flow-to-block', 'Lists over several lines', (text) =>
    text.replace(/^( +)(ports|volumes|profiles): \["([^",]*)"\]$/gm, '$1$2:\n$1  - "$3"'),
  ),
  change('compose', 'compose-comments', 'No comments in compose', (text) => text.replace(/^ *#.*\n/gm, '')),
  change(
    'compose',
    'compose-hand-written',
    'A compose file of their own in its place',
    (_text, tree) =>
      `services:\n  web:\n    image: nginx:1.30\n    environment:\n      MODE: ${tree.word()}\n`,
  ),
]

export const WORKFLOW_EDITS: readonly Edit[] = [
  change('ci', 'action-bump', 'Renovate moves the pins of actions', (text, tree) => {
    const [sha, patch] = [tree.hex(40), tree.number()]
    return text.replace(/(uses: [\w/-]+@)[0-9a-f]{40} # v(\d+)\.\S+/g, `$1${sha} # v$2.${patch}.0`)
  }),
  change(
    'ci',
    'job-added',
    'A job of their own',
    (text, tree) =>
      `${text}\n  notify:\n    needs: publish\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ./notify ${tree.word()}\n`,
  ),
  change('ci', 'step-added', 'A step in the middle', (text, tree) =>
    insert(
      text,
      'before',
      /^ {6}- name: Build the image/,
      `      - name: Lint\n        run: ./lint ${tree.word()}`,
    ),
  ),
  change('ci', 'step-removed', 'A step gone', (text) => text.replace(/^ {6}- name: Compose file\n.*\n/m, '')),
  change('ci', 'triggers', 'Other triggers', (text, tree) =>
    text
      .replace('branches: [main, master]', () => `branches: [${tree.word()}]`)
      .replace(/^ {2}schedule:\n(?: {4}.*\n)+/m, ''),
  ),
  change('ci', 'runs-on', 'Another runner', (text, tree) => {
    const runner = tree.word()
    return text.replace(/(?<=runs-on: )\S+/g, runner)
  }),
  change('ci', 'job-timeout', 'More time for the build', (text, tree) =>
    text.replace('timeout-minutes: 30', () => `timeout-minutes: ${tree.number()}`),
  ),
  change('ci', 'job-renamed', 'A job has another name', (text, tree) => {
    const name = tree.word()
    return text.replace(/^ {2}check:$/m, `  ${name}:`).replace(/needs: check$/m, `needs: ${name}`)
  }),
  change('ci', 'platforms', 'Built for more platforms', (text, tree) =>
    insert(
      text,
      'after',
      /^ {10}context: \./,
      `          platforms: linux/amd64,linux/${tree.word()}`,
      'last',
    ),
  ),
  change('ci', 'workflow-env', 'Variables of the whole workflow', (text, tree) =>
    insert(text, 'before', /^jobs:/, `env:\n  REGION: ${tree.word()}\n`),
  ),
]
