import type { Answers } from '../../src/answers.ts'
import { ARTEFACT_IDS } from '../../src/answers.ts'
import type { ArtefactInput } from '../../src/artefacts/types.ts'
import { Facts } from '../../src/facts.ts'
import type { AppModel, ServiceId, Variable } from '../../src/model.ts'
import type { Ecosystem } from '../../src/services/types.ts'
import { wireServices } from '../../src/services/wire.ts'

export function variable(name: string, more: Partial<Variable> = {}): Variable {
  return {
    name,
    kind: 'string',
    required: false,
    secret: false,
    public: false,
    sources: ['src/config.ts:1'],
    ...more,
  }
}

/** A server as a language would describe it. */
export function sampleApp(more: Partial<AppModel> = {}): AppModel {
  return {
    name: 'shop',
    language: 'node',
    languageTitle: 'Node.js 24',
    frameworkTitle: 'Express',
    kind: 'server',
    dockerfile: { template: 'node/Dockerfile.ejs', data: {} },
    stages: [
      { name: 'base', from: [], what: 'Node 24 on Debian 13' },
      { name: 'deps', from: ['base'], what: 'npm ci' },
      { name: 'build', from: ['deps'], what: 'npm run build' },
      { name: 'dev', from: ['deps'], what: 'reloads on change' },
      { name: 'runtime', from: ['build', 'deps'], what: 'the app' },
    ],
    ignore: ['**/node_modules', 'dist'],
    port: 3000,
    healthPath: '/healthz',
    healthcheck: [
      'node',
      '-e',
      "fetch('http://127.0.0.1:3000/healthz').then(r=>process.exit(+!r.ok),()=>process.exit(1))",
    ],
    development: {
      command: ['node', '--watch', 'src/server.js'],
      action: 'sync',
      workdir: '/app',
      ignore: ['node_modules/', 'dist/'],
      rebuild: ['package.json', 'package-lock.json'],
      env: { NODE_ENV: 'development' },
      port: 3000,
    },
    migration: null,
    test: null,
    processes: [],
    variables: [],
    environment: {},
    publicVars: [],
    buildSecrets: [],
    env: null,
    writable: ['/tmp'],
    user: '65532:65532',
    decisions: [
      {
        title: 'Distroless image',
        why: 'No shell and no package manager: what is not there has no holes.',
        rule: 'PD013',
      },
    ],
    ...more,
  }
}

export interface SampleInput {
  app?: Partial<AppModel>
  services?: readonly ServiceId[]
  ecosystem?: Ecosystem
  dependencies?: readonly string[]
  answers?: Answers
  files?: ArtefactInput['files']
}

export function sampleInput({
  app: more,
  services = [],
  ecosystem = 'npm',
  dependencies = [],
  answers = {},
  files = ARTEFACT_IDS,
}: SampleInput = {}): ArtefactInput {
  const app = sampleApp(more)
  const uses = wireServices(services, {
    variables: app.variables,
    appName: app.name,
    ecosystem,
    dependencies: new Map(dependencies.map((name) => [name, '*'])),
  })
  return { app, services: uses, answers, facts: new Facts(), files, paths: {} }
}

/** Text as hostile as a manifest can hold. */
export const HOSTILE =
  '$(id) `id` "q" \'s\' ${HOME} $$x ${{ secrets.X }} #@PD001 \n- evil: true\n\\ | & <b> {a} [b] é'
