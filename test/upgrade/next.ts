import { insert } from './tree.ts'

/**
 * Stands in for the templates of a release to come: changes of the kinds that releases bring (newer pins, another flag, a
 * line more, a line less, other words in a comment) in every file.
 */
export function nextRelease(id: string, text: string): string {
  return (NEXT[id] ?? ((same) => same))(text)
}

const NEXT: Record<string, (text: string) => string> = {
  dockerfile: (text) => {
    const newer = text
      .replaceAll('-trixie', '-forky')
      .replaceAll('debian13', 'debian14')
      .replace(/(?<=--mount=type=cache,[^\s]*)(?<!,sharing=locked)(?= \\$)/gm, ',sharing=locked')
      .replace('# A number: Kubernetes', '# A number, for Kubernetes')
      .replace('--timeout=3s --start-period=30s', '--timeout=5s --start-period=45s')
      .replace('yarn install --frozen-lockfile', 'yarn install --frozen-lockfile --non-interactive')
      .replace('npm ci\n', 'npm ci --no-audit --no-fund\n')
    return insert(newer, 'before', /^HEALTHCHECK/, 'STOPSIGNAL SIGTERM', 'last')
  },
  dockerignore: (text) =>
    insert(text.replace('.travis.yml\n', ''), 'after', /^azure-pipelines\.yml$/, '.woodpecker.yml'),
  compose: (text) => {
    const newer = text
      .replaceAll('-trixie', '-forky')
      .replace(
        '# On this machine only; PORT in .env moves it.',
        '# Seen on this machine only; PORT in .env moves it.',
      )
      .replace('start_period: 120s', 'start_period: 180s')
    return insert(newer, 'after', /^ {4}init: true$/, '    stop_grace_period: 15s')
  },
  ci: (text) => {
    const newer = text
      .replaceAll(
        '3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
        '11bd71901bbe5b1630ceea73d27597364c9af683 # v7.1.0',
      )
      .replaceAll('ubuntu-24.04', 'ubuntu-26.04')
      .replace('timeout-minutes: 10', 'timeout-minutes: 15')
      .replace('severity: CRITICAL,HIGH\n', 'severity: CRITICAL,HIGH,MEDIUM\n')
    return insert(
      newer,
      'after',
      /^ {8}run: docker compose config --quiet$/,
      '      - name: Formats\n        run: docker compose config --format json > compose.json',
    )
  },
  env: (text) =>
    text
      .replace('an empty one.', 'an empty one, and so may a shell.')
      .replace('The environment is incomplete:', 'The environment is not complete:'),
  'env-example': (text) => text.replace('fill in what you need; .env is', 'fill in what you need: .env is'),
  docs: (text) =>
    insert(
      text.replace(
        'edit what you like, nothing here needs the tool',
        'edit what you like: nothing here needs the tool',
      ),
      'before',
      /^## Decisions/,
      '## Upgrades\n\nRun the tool again: what you changed stays.\n',
    ),
}
