import { change, type Edit, insert } from './tree.ts'

export const TEXT_EDITS: readonly Edit[] = [
  change(
    'dockerignore',
    'ignore-appended',
    'Lines at the end of .dockerignore',
    (text, tree) => `${text}\n# ours\n${tree.word()}/\n${tree.word()}.md\n`,
  ),
  change(
    'dockerignore',
    'ignore-prepended',
    'Lines at the start of .dockerignore',
    (text, tree) => `${tree.word()}/\n${text}`,
  ),
  change('dockerignore', 'ignore-removed', 'Lines of .dockerignore gone', (text) =>
    text.replace(/^(\*\*\/\*\.log|\.vscode|Jenkinsfile)\n/gm, ''),
  ),
  change('dockerignore', 'ignore-exception', 'An exception in .dockerignore', (text, tree) =>
    insert(text, 'after', /^DOCKER\.md$|^\.github$/, `!${tree.word()}.md`),
  ),
  change('env', 'env-variable', 'A variable more in the check', (text, tree) => {
    const line = /^( +)([A-Z][A-Z0-9_]*)(: .*,|: str = .*|: int = .*)$/m.exec(text)
    return line
      ? insert(text, 'after', new RegExp(`^ +${line[2]}: `), `${line[1]}${tree.word()}${line[3]}`)
      : text
  }),
  change('env', 'env-default', 'Another default in the check', (text, tree) =>
    text.replace(/(?<=\bPORT\b.*\b)(3000|8000|8080)\b/, () => String(tree.number())),
  ),
  change(
    'env',
    'env-comment',
    'A note at the end of the check',
    (text, tree) => `${text}\n${text.startsWith('#') ? '#' : '//'} ${tree.word()}: read by the worker too\n`,
  ),
  change('env-example', 'example-filled', 'Samples filled in', (text, tree) =>
    text.replace(/^# (\w+)=.*$/gm, (_all, name) => `${name}=${tree.word()}`),
  ),
  change(
    'env-example',
    'example-added',
    'A variable more in the samples',
    (text, tree) => `${text}\n# For the mailer\nSMTP_FROM=${tree.word()}@example.org\n`,
  ),
  change(
    'docs',
    'docs-end',
    'A section at the end of the page',
    (text, tree) => `${text}\n## On call\n\nAsk ${tree.word()}.\n`,
  ),
  change('docs', 'docs-middle', 'A section in the middle of the page', (text, tree) =>
    insert(text, 'before', /^## Variables/, `## Runbook\n\nCall ${tree.word()}.\n`),
  ),
  change('docs', 'docs-row', 'A cell of a table filled', (text, tree) =>
    text.replace(
      /^(\| `PORT` .*\|)( +)(\| `[^|]*\|)$/m,
      (_all, head, _cell, tail) => `${head} ${tree.word()} ${tail}`,
    ),
  ),
  change('docs', 'docs-title', 'Another title', (text, tree) =>
    text.replace(/^# .*/, () => `# ${tree.word()}`),
  ),
  change('docs', 'docs-cut', 'A section gone', (text) =>
    text.replace(/^## How it is built\n[\s\S]*?(?=^## )/m, ''),
  ),
]

export const TREE_EDITS: readonly Edit[] = [
  {
    id: 'crlf',
    title: 'CRLF everywhere',
    edit: (tree) => tree.changeAll((text) => text.replaceAll('\n', '\r\n')),
  },
  {
    id: 'bom',
    title: 'A byte order mark in every file',
    edit: (tree) => tree.changeAll((text) => `\ufeff${text}`),
  },
  {
    id: 'no-newline',
    title: 'No newline at the end of any file',
    edit: (tree) => tree.changeAll((text) => text.replace(/\n$/, '')),
  },
  {
    id: 'trailing-spaces',
    title: 'Spaces at the ends of some lines',
    edit: (tree) =>
      tree.changeAll((text, id) =>
        text
          .split('\n')
          .map((line, at) =>
            line && at % 5 === 4 && !/\\$|["'|]$/.test(line) && id !== 'dockerignore' ? `${line}  ` : line,
          )
          .join('\n'),
      ),
  },
  {
    id: 'renamed',
    title: 'Dockerfile is Dockerfile.prod',
    edit: (tree) => tree.move('dockerfile', 'Dockerfile.prod'),
  },
  {
    id: 'moved',
    title: 'The Dockerfile is in docker/',
    edit: (tree) => tree.move('dockerfile', 'docker/Dockerfile'),
  },
  {
    id: 'compose-renamed',
    title: 'compose.yaml is docker-compose.yml',
    edit: (tree) => tree.move('compose', 'docker-compose.yml'),
  },
  {
    id: 'workflow-renamed',
    title: 'The workflow has another name',
    edit: (tree) => tree.move('ci', '.github/workflows/ship.yml'),
  },
  {
    id: 'renamed-edited',
    title: 'Renamed, and edited',
    edit(tree) {
      tree.move('dockerfile', 'docker/app.Dockerfile')
      tree.change('dockerfile', (text) => insert(text, 'after', /^WORKDIR/, `ENV TZ=${tree.word()}`, 'last'))
    },
  },
  ...['dockerfile', 'compose', 'ci', 'docs', 'dockerignore'].map(
    (id): Edit => ({ id: `${id}-deleted`, title: `Without ${id}`, edit: (tree) => tree.drop(id) }),
  ),
  change('dockerfile', 'markers-left', 'A conflict of git that nobody resolved', (text, tree) =>
    text.replace(
      /^WORKDIR (.*)$/m,
      (line) => `<<<<<<< HEAD\n${line}\n=======\nWORKDIR /${tree.word()}\n>>>>>>> main`,
    ),
  ),
]
