import type { Rule } from './types.ts'

const TWELVE = 'https://12factor.net/config'

export const ENV_RULES: readonly Rule[] = [
  {
    id: 'PD070',
    title: 'Every variable that the code reads is checked at start',
    why: 'An app that lacks a variable should say so when it starts, and not by the first request that needs it. All that is missing is named at once, so that one look is enough.',
    refs: [TWELVE],
    artefact: 'env',
  },
  {
    id: 'PD071',
    title: 'Secrets may come as files',
    why: 'Docker and Kubernetes hand secrets over as files, which show up in no process list and no crash report. NAME_FILE holds the path; both at once is an error.',
    refs: ['https://docs.docker.com/compose/how-tos/use-secrets/'],
    artefact: 'env',
  },
  {
    id: 'PD072',
    title: 'Errors name the variable, never its value',
    why: 'Logs have many readers. The check runs where the server starts, so that a build, which has no secrets, does not need any.',
    refs: [TWELVE],
    artefact: 'env',
  },
  {
    id: 'PD073',
    title: '.env.example shows the form, and no secret',
    why: 'It is committed, for the next person to copy. Secrets are empty in it, and each line says whether it is required.',
    refs: [TWELVE],
    artefact: 'env',
  },
]
