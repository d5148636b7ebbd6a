import type { OpenConflict } from '../../src/plan/types.ts'
import { EDITS } from './edits.ts'

export interface Seen extends OpenConflict {
  route: string
  fixture: string
  edit: string
  file: string
}

/** The most conflicts that an edit may bring in one project, and what we think of them. Other edits bring none. */
export const BUDGETS: Readonly<Record<string, { most: number; because: string }>> = {
  'digest-pin': { most: 2, because: 'real: the digest is of an image that another replaces' },
  'stage-middle': {
    most: 9,
    because:
      'as in git: their stage ends where the line that changes begins; too close to another, every change is asked',
  },
  'arg-added': { most: 1, because: 'as in git: beside a comment that changes' },
  'label-added': { most: 1, because: 'as in git: beside a comment that changes' },
  heredoc: { most: 2, because: 'as in git: beside a comment that changes' },
  'apt-own': { most: 2, because: 'as in git: the line above changes' },
  'user-changed': { most: 1, because: 'as in git: the comment above the line changes' },
  'cmd-own': { most: 1, because: 'as in git: the line above changes' },
  'health-options': { most: 1, because: 'real: both change the options of the health check' },
  'health-none': { most: 1, because: 'real: it is gone here, and another there' },
  port: {
    most: 5,
    because: 'real where the port is another there too; else as in git: a variable is new beside it',
  },
  'install-flags': { most: 4, because: 'real: both change one RUN' },
  'cache-id': { most: 5, because: 'real: both change one mount' },
  workdir: { most: 4, because: 'as in git: the line above changes' },
  'comments-removed': { most: 5, because: 'needless: a comment that is gone can have no other words' },
  'comments-rewritten': {
    most: 9,
    because: 'real where both reword one; needless where the code below is all that changes',
  },
  'lines-joined': { most: 7, because: 'real: the instruction has another form here, and other words there' },
  tabs: { most: 3, because: 'needless: white space is all that changed here' },
  'trailing-spaces': { most: 6, because: 'needless: white space is all that changed here' },
  'expose-moved': { most: 2, because: 'real: moved here, and changed around there' },
  'port-host': { most: 1, because: 'real: both change the port' },
  'env-list': { most: 1, because: 'real: a list here, a map there' },
  'runs-on': { most: 3, because: 'real: both change the runner' },
  'job-renamed': { most: 4, because: 'careful: what changes in the job changes under its older name' },
  'docs-row': { most: 2, because: 'real: the table is set anew' },
  'docs-cut': { most: 1, because: 'real: gone here, changed there' },
  'hand-written': { most: 9, because: 'real: a file of their own' },
  'compose-hand-written': { most: 9, because: 'real: a file of their own' },
  'env-block': { most: 1, because: 'as in git: the variable below is new, or another' },
  'stage-end': {
    most: 9,
    because:
      'as in git: the last line changes, and theirs begin there; too close to another, every change is asked',
  },
  'comment-removed': { most: 1, because: 'needless: a comment that is gone can have no other words' },
  'stage-renamed': { most: 4, because: 'real: the stage is in a line that changes' },
  'tag-bump': { most: 1, because: 'real: another major there' },
  'apt-package': { most: 1, because: 'real: both change one chain, or it is gone there' },
  'action-bump': { most: 1, because: 'real: the step is gone there' },
  'env-variable': { most: 1, because: 'as in git: the line above changes' },
  'example-filled': { most: 3, because: 'real: both change the line' },
  'example-added': { most: 1, because: 'as in git: the line above changes' },
  two: { most: 9, because: 'those of its parts' },
  three: { most: 12, because: 'those of its parts' },
  'three-crlf': { most: 12, because: 'those of its parts' },
  eight: { most: 24, because: 'those of its parts' },
}

/** A page for reviewers: each kind of edit with how often it conflicts, what we think of it, and one example. */
export function conflictsPage(seen: readonly Seen[], cases: ReadonlyMap<string, number>): string {
  const rows: string[] = []
  const examples: string[] = []
  for (const { id, title } of EDITS) {
    const own = seen.filter(({ edit }) => edit === id)
    const projects = new Set(own.map(({ route, fixture }) => `${route} ${fixture}`)).size
    rows.push(
      `| ${title} | ${cases.get(id) ?? 0} | ${projects} | ${own.length} | ${own.length > 0 ? (BUDGETS[id]?.because ?? '') : ''} |`,
    )
    const [first] = own
    if (!first || BUDGETS[id]?.because === 'those of its parts') continue
    const { route, fixture, file, why, base, yours, template } = first
    examples.push(
      [
        `## ${title}`,
        `${file} of ${fixture}, ${route}${why ? `. ${why}` : ''}`,
        ...Object.entries({ base, yours, template }).map(
          ([side, text]) => `${side}\n\n~~~~text\n${shortened(text)}\n~~~~`,
        ),
      ].join('\n\n'),
    )
  }
  return [
    '# Conflicts of the upgrade corpus',
    'Written by `UPGRADES=all npx vitest run test/upgrade`. Each row is an edit: in how many projects and releases it was tried, in how many something was left to a person, how many conflicts that were, and what we think of them.',
    [
      '| Edit | Tried | With conflicts | Conflicts | Judged |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n'),
    ...examples,
    '',
  ].join('\n\n')
}

function shortened(text: string): string {
  const lines = text.split('\n')
  return lines.length > 12 ? [...lines.slice(0, 12), `(${lines.length - 12} lines more)`].join('\n') : text
}
