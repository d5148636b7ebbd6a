import { isRecord } from '../../record.ts'
import type { Checks, Problem } from './types.ts'
import { plainYaml, word } from './yaml-value.ts'

interface Step {
  job: string
  uses: string
  run: string
  with: Record<string, unknown>
}

interface Workflow {
  on: Record<string, unknown>
  permissions: unknown
  hasConcurrency: boolean
  jobs: { name: string; value: Record<string, unknown> }[]
  steps: Step[]
}

/** A workflow with jobs; null: the text is none. */
function readWorkflow(text: string): Workflow | null {
  const value = plainYaml(text)
  if (!isRecord(value) || !isRecord(value['jobs'])) return null
  const jobs = Object.entries(value['jobs']).flatMap(([name, job]) =>
    isRecord(job) ? [{ name, value: job }] : [],
  )
  const steps = jobs.flatMap(({ name, value: job }) =>
    (Array.isArray(job['steps']) ? job['steps'] : []).filter(isRecord).map((step) => ({
      job: name,
      uses: word(step['uses']),
      run: word(step['run']),
      with: isRecord(step['with']) ? step['with'] : {},
    })),
  )
  return {
    on: isRecord(value['on']) ? value['on'] : {},
    permissions: value['permissions'],
    hasConcurrency: 'concurrency' in value,
    jobs,
    steps,
  }
}

const ofWorkflow =
  (check: (workflow: Workflow, lineOf: (part: string) => { line?: number }) => Problem[]) =>
  (text: string) => {
    const workflow = readWorkflow(text)
    if (!workflow) return []
    const lines = text.split('\n')
    return check(workflow, (part) => {
      const index = lines.findIndex((line) => line.includes(part))
      return index < 0 ? {} : { line: index + 1 }
    })
  }

const isPush = ({ uses, with: inputs }: Step) =>
  /docker\/build-push-action@/.test(uses) && word(inputs['push']) === 'true'

const isScan = ({ uses, run }: Step) =>
  /(?:trivy-action|scan-action|scout-action|snyk\/actions)/.test(uses) ||
  /\b(?:trivy|grype|docker scout|snyk)\b/.test(run)

export const CI_CHECKS: Checks = {
  PD060: ofWorkflow(({ steps }, lineOf) =>
    steps
      .filter(
        ({ uses }) =>
          uses !== '' && !uses.startsWith('./') && !/@(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/.test(uses),
      )
      .map(({ uses }) => ({ message: `${uses} is not pinned to a commit.`, ...lineOf(uses) })),
  ),
  PD061: ofWorkflow(({ permissions, jobs, steps }, lineOf) => [
    ...(isRecord(permissions) && Object.keys(permissions).length === 0
      ? []
      : [{ message: 'The workflow should start with "permissions: {}".', ...lineOf('permissions') }]),
    ...jobs
      .filter(({ value }) => !('permissions' in value))
      .map(({ name }) => ({ message: `The job ${name} names no permissions.`, ...lineOf(`${name}:`) })),
    ...steps
      .filter(
        ({ uses, with: inputs }) =>
          uses.startsWith('actions/checkout@') && word(inputs['persist-credentials']) !== 'false',
      )
      .map(({ uses }) => ({
        message: 'The checkout leaves its token behind: persist-credentials should be false.',
        ...lineOf(uses),
      })),
  ]),
  PD062: ofWorkflow(({ steps }) => {
    const scans = steps.filter(isScan)
    if (scans.length === 0)
      return steps.some(({ uses }) => uses.includes('docker/build-push-action'))
        ? [{ message: 'No image is scanned.' }]
        : []
    const stops = scans.some(
      ({ with: inputs, run }) =>
        Number(word(inputs['exit-code'])) > 0 ||
        word(inputs['fail-build']) === 'true' ||
        /--exit-code[= ][1-9]|--fail-on|--exit-code/.test(run),
    )
    return stops ? [] : [{ message: 'The scan finds and does not stop the run.' }]
  }),
  PD063: ofWorkflow(({ steps }) =>
    steps.some(isScan) && !steps.some(({ uses }) => uses.includes('codeql-action/upload-sarif'))
      ? [{ message: 'The findings of the scan are not uploaded.' }]
      : [],
  ),
  PD064: ofWorkflow(({ steps }, lineOf) =>
    steps
      .filter(isPush)
      .flatMap(({ with: inputs, uses }) => [
        ...((word(inputs['sbom']) || 'false') === 'false'
          ? [{ message: 'The image is pushed without an SBOM.', ...lineOf(uses) }]
          : []),
        ...(/mode=max/.test(word(inputs['provenance']))
          ? []
          : [{ message: 'The image is pushed without full provenance.', ...lineOf(uses) }]),
      ]),
  ),
  PD065: ofWorkflow(({ steps }, lineOf) =>
    steps.flatMap(({ uses, with: inputs }): Problem[] => {
      const tags = word(inputs['tags'])
      if (/(?:^|\s|:|value=)latest(?:\s|$)/m.test(tags))
        return [{ message: 'The image is tagged latest.', ...lineOf('latest') }]
      return uses.includes('docker/metadata-action@') && !/latest=false/.test(word(inputs['flavor']))
        ? [
            {
              message: 'The metadata action adds latest by itself: flavor should say latest=false.',
              ...lineOf(uses),
            },
          ]
        : []
    }),
  ),
  PD066: ofWorkflow(({ steps }) =>
    steps.some(isPush) &&
    !steps.some(({ run, uses }) => /\bcosign sign\b/.test(run) || /actions\/attest/.test(uses))
      ? [{ message: 'The image is pushed and not signed.' }]
      : [],
  ),
  PD067: ofWorkflow(({ jobs, hasConcurrency }, lineOf) => [
    ...jobs
      .filter(({ value }) => !('timeout-minutes' in value) && !('uses' in value))
      .map(({ name }) => ({ message: `The job ${name} has no timeout.`, ...lineOf(`${name}:`) })),
    ...(hasConcurrency ? [] : [{ message: 'Runs of one branch don’t give way to each other.' }]),
  ]),
  PD068: ofWorkflow(({ steps }, lineOf) =>
    steps
      .filter(({ run }) => run.includes('${{'))
      .map(({ run }) => ({
        message: 'An expression stands in a script.',
        ...lineOf(run.split('\n').find((line) => line.includes('${{')) as string),
      })),
  ),
  PD069: ofWorkflow(({ on, steps }) =>
    steps.some(isPush) && !('schedule' in on)
      ? [{ message: 'The image is rebuilt only when somebody commits.' }]
      : [],
  ),
}
