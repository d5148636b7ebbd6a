import { afterAll, describe, expect, it } from 'vitest'
import { buildsImage, targetsIn } from '../../../src/adopt/contents.ts'
import { checkAdopt, findFiles } from '../../../src/adopt/find.ts'
import { parseFlags } from '../../../src/command-line.ts'
import { removeTemporaryFolders } from '../../support/fixtures.ts'
import { projectOf } from '../../support/project.ts'

afterAll(removeTemporaryFolders)

const FROM = 'FROM node:24\n'
const BUILD = 'jobs: { a: { steps: [{ uses: docker/build-push-action@v6 }] } }\n'
const found = (files: Record<string, string>, adopt: Record<string, string> = {}) =>
  findFiles(projectOf(files), null, adopt)
const workflow = (run: string) =>
  `on: push\njobs:\n  a:\n    steps:\n      - run: |\n${run
    .split('\n')
    .map((line) => `          ${line}\n`)
    .join('')}`

describe('a Dockerfile', () => {
  it.each([
    'Dockerfile',
    'dockerfile',
    'Dockerfile.prod',
    'Dockerfile-web',
    'api.Dockerfile',
    'app.dockerfile',
    'Containerfile',
    'docker/Dockerfile',
    'docker/app.Dockerfile',
    'docker/app/Dockerfile',
    '.docker/Dockerfile',
    'build/Dockerfile',
  ])('is found as %s', async (path) => {
    expect((await found({ [path]: FROM })).paths).toEqual({ dockerfile: path })
  })

  it.each([
    'Dockerfile.dockerignore',
    'Dockerfile.bak',
    '.gitpod.Dockerfile',
    'Dockerfile.j2',
    'Dockerfile.md',
    '.devcontainer/Dockerfile',
    'docker/nginx/Dockerfile',
    'docs/Dockerfile',
    'node_modules/x/Dockerfile',
    'MyDockerfileNotes',
  ])('is not %s', async (path) => {
    expect((await found({ [path]: FROM })).paths['dockerfile']).toBeUndefined()
  })

  it('is one: prose of that name is passed over, but never written over', async () => {
    expect((await found({ 'Dockerfile.prod': 'not yet\n' })).paths).toEqual({})
    expect((await found({ Dockerfile: 'not yet\n' })).paths).toEqual({ dockerfile: 'Dockerfile' })
  })

  it('for development only counts where there is no other', async () => {
    const dev = { 'Dockerfile.dev': FROM, 'docker/test/Dockerfile': FROM }
    expect((await found({ ...dev, Dockerfile: FROM })).paths).toEqual({ dockerfile: 'Dockerfile' })
    expect((await found({ 'Dockerfile.dev': FROM })).paths).toEqual({ dockerfile: 'Dockerfile.dev' })
    expect((await found(dev)).several).toMatchObject([
      { id: 'dockerfile', candidates: ['Dockerfile.dev', 'docker/test/Dockerfile'] },
    ])
  })

  it.each(['.gitpod.Dockerfile', 'Dockerfile.gpu', 'docker/Dockerfile'])(
    'is the plain one of the root, beside %s',
    async (other) => {
      expect(await found({ Dockerfile: FROM, [other]: FROM })).toMatchObject({
        paths: { dockerfile: 'Dockerfile' },
        several: [],
      })
    },
  )

  it('among several is a question, which --adopt answers', async () => {
    const files = { 'Dockerfile.api': FROM, 'Dockerfile.worker': FROM }
    const { several, paths } = await found(files)
    expect(several).toEqual([
      { id: 'dockerfile', title: 'Dockerfile', candidates: ['Dockerfile.api', 'Dockerfile.worker'] },
    ])
    expect(paths).toEqual({})
    for (const adopt of [{ dockerfile: 'Dockerfile.worker' }, { dockerfile: 'none' }]) {
      const answered = await found(files, adopt)
      expect(answered.several).toEqual([])
      expect(answered.paths['dockerfile']).toBe(adopt.dockerfile === 'none' ? undefined : 'Dockerfile.worker')
    }
  })
})

describe('a compose file', () => {
  it.each(['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml', 'docker/compose.yml'])(
    'is found as %s',
    async (path) => {
      expect((await found({ [path]: 'services: {}\n' })).paths).toEqual({ compose: path })
    },
  )

  it('of a folder is the one that Compose reads', async () => {
    const files = { 'docker-compose.yml': '', 'compose.yml': '', 'docker-compose.override.yml': '' }
    expect((await found(files)).paths).toEqual({ compose: 'compose.yml' })
    expect((await found({ ...files, 'docker/compose.yaml': '' })).several).toMatchObject([
      { id: 'compose', candidates: ['compose.yml', 'docker/compose.yaml'] },
    ])
  })
})

it('a Dockerfile’s own .dockerignore goes before the common one', async () => {
  const files = { '.dockerignore': '', Dockerfile: FROM }
  expect((await found(files)).paths['dockerignore']).toBe('.dockerignore')
  expect((await found({ ...files, 'Dockerfile.dockerignore': '' })).paths['dockerignore']).toBe(
    'Dockerfile.dockerignore',
  )
})

describe('a workflow', () => {
  it.each([
    'docker build -t app .',
    'docker buildx build --push .',
    'docker buildx bake',
    'docker compose build',
    'docker-compose -f docker/compose.yml build web',
    'docker compose -f a.yml -f b.yml build',
    'cd app && docker build .',
    'sudo docker build .',
    'DOCKER_BUILDKIT=1 docker build .',
    'docker compose up -d --build',
    'docker image build .',
    'echo start\ndocker \\\n  build .',
  ])('that runs "%s" builds an image', (run) => expect(buildsImage(workflow(run))).toBe(true))

  it.each([
    'echo docker build',
    '# docker build .',
    'docker run app build',
    'docker compose up -d',
    'docker pull build',
    'npm run docker:build',
    'docker compose run --rm app npm run build',
  ])('that runs "%s" does not', (run) => expect(buildsImage(workflow(run))).toBe(false))

  it('is known by its actions, and never by its name or a comment', async () => {
    expect(buildsImage(BUILD)).toBe(true)
    expect(buildsImage(`# docker/build-push-action\n${workflow('npm test')}`)).toBe(false)
    for (const bad of ['', '{', 'jobs: 1', 'jobs: [a]', 'jobs: { a: { steps: { b: c } } }', '- &a [*a, *a]'])
      expect(buildsImage(bad), bad).toBe(false)
    const { paths } = await found({
      '.github/workflows/docker-lint.yml': workflow('hadolint Dockerfile'),
      '.github/workflows/ship.yaml': BUILD,
    })
    expect(paths).toEqual({ ci: '.github/workflows/ship.yaml' })
  })

  it('at our own place is never written over, whatever it does', async () => {
    const { paths } = await found({ '.github/workflows/docker.yml': workflow('npm test') })
    expect(paths).toEqual({ ci: '.github/workflows/docker.yml' })
  })
})

it('targets are those of builds, and of nothing else', () => {
  expect(
    targetsIn(
      'services:\n  a: { build: { target: dev }, volumes: [{ target: /x }], develop: { watch: [{ target: /y }] } }\n  b: { build: { target: dev } }\n  c: { build: . }\n',
    ),
  ).toEqual(['dev'])
  expect(targetsIn('jobs: { a: { steps: [{ uses: x, with: { target: test } }] } }')).toEqual(['test'])
})

describe('--adopt', () => {
  it('is a list, or given more than once', () => {
    expect({
      ...parseFlags(['--adopt', 'dockerfile=./docker\\app', '--adopt', 'ci=none,compose=a.yml']).adopt,
    }).toEqual({ dockerfile: 'docker/app', ci: 'none', compose: 'a.yml' })
  })

  it.each([['Dockerfile'], ['=x'], ['dockerfile='], ['ci=a', '--adopt', 'ci=b']])(
    '%s is refused',
    (...args) => expect(() => parseFlags(['--adopt', ...args])).toThrow(/--adopt/),
  )

  it.each([
    [{ nothing: 'Dockerfile' }, 'no file "nothing"'],
    [{ dockerfile: '../Dockerfile' }, 'no such file'],
    [{ dockerfile: '/etc/passwd' }, 'no such file'],
    [{ dockerfile: 'Dockerfile.other' }, 'no such file'],
    [{ dockerfile: 'Dockerfile', compose: 'Dockerfile' }, 'already'],
  ])('%j is refused', (adopt, says) => {
    const project = projectOf({ Dockerfile: FROM })
    expect(() => checkAdopt(project, adopt as never, null)).toThrow(says)
  })
})
