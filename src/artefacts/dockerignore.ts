import { unmark } from '../render.ts'
import type { Artefact } from './types.ts'

interface Group {
  comment: string
  rule: string
  lines: readonly string[]
}

/** What no build of any language needs, or must ever see. Patterns count from the root; `**` is any folder, or none. */
const GROUPS: readonly Group[] = [
  {
    comment: 'Secrets never enter the context: what is not sent can be in no layer',
    rule: 'PD030',
    lines: [
      ...['**/.env*', '!**/.env.example', '!**/.env.sample', '!**/.env.template'],
      // Bundles of public certificates are what apps need to reach a managed database.
      ...[
        '**/*.pem',
        '!**/*-bundle.pem',
        '!**/ca.pem',
        '**/*.key',
        '**/*.p12',
        '**/*.pfx',
        '**/*.jks',
        '**/*.keystore',
      ],
      ...[
        '**/id_rsa*',
        '**/id_dsa*',
        '**/id_ecdsa*',
        '**/id_ed25519*',
        '**/.ssh',
        '**/.gnupg',
        '**/.aws',
        '**/.azure',
        '**/.kube',
      ],
      ...[
        '**/.netrc',
        '**/.pypirc',
        '**/.pgpass',
        '**/.htpasswd',
        '**/.docker/config.json',
        '**/*service-account*.json',
        '**/*serviceAccount*.json',
      ],
      ...['**/*.tfstate*', '**/*.tfvars', '**/.vault-token'],
    ],
  },
  {
    comment: 'Version control, editors, and files of the system',
    rule: 'PD031',
    lines: [
      '.git',
      '.gitattributes',
      '.gitignore',
      '.gitmodules',
      '.hg',
      '.svn',
      '.idea',
      '.vscode',
      '.zed',
      '.devcontainer',
      '**/*.swp',
      '**/*~',
      '**/.DS_Store',
      '**/Thumbs.db',
    ],
  },
  {
    comment: 'Docker, pipelines and infrastructure: a change here must not rebuild the app',
    rule: 'PD031',
    lines: [
      ...[
        '.dockerignore',
        'Dockerfile*',
        '**/Dockerfile',
        'compose*.y*ml',
        'docker-compose*.y*ml',
        'DOCKER.md',
        '.prod-docker',
      ],
      ...[
        '.github',
        '.gitlab',
        '.gitlab-ci.yml',
        '.circleci',
        'bitbucket-pipelines.yml',
        'Jenkinsfile',
        'azure-pipelines.yml',
        '.travis.yml',
        'renovate.json*',
        '.renovaterc*',
      ],
      ...['.terraform', '**/*.log', '**/*.tsbuildinfo'],
    ],
  },
]

/** `.dockerignore`: the language's lines come last, so that a `!` of its own overrules what stands above. */
export const dockerignoreArtefact: Artefact = {
  id: 'dockerignore',
  title: 'what never enters a build',
  needs: [],
  group: 'image',
  facts: ['language', 'framework', 'packageManager'],
  render({ app }) {
    const own = app.ignore.filter(
      (line, index, all) => all.indexOf(line) === index && !GROUPS.some(({ lines }) => lines.includes(line)),
    )
    const groups = own.length
      ? [
          ...GROUPS,
          {
            comment: `${app.languageTitle}: dependencies and output are made in the build`,
            rule: 'PD031',
            lines: own,
          },
        ]
      : GROUPS
    const text = groups
      .map(({ comment, rule, lines }) =>
        [`# ${comment}`, ...lines.map((line) => mark(line, rule))].join('\n'),
      )
      .join('\n\n')
    return [
      { id: 'dockerignore', path: '.dockerignore', kind: 'dockerignore', rendered: unmark(`${text}\n`) },
    ]
  },
}

/** A line that takes something back in has a rule of its own; a comment has none. */
function mark(line: string, rule: string): string {
  const plain = line.replace(/[\r\n]+/g, ' ').trim()
  return plain.startsWith('#') ? plain : `${plain} #@${plain.startsWith('!') ? 'PD032' : rule}`
}
