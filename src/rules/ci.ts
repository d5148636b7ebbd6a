import { parseDocument } from 'yaml'
import { checked, type Problem } from './checks.ts'
import type { Rule } from './types.ts'
import { isRecord, plainValue } from './yaml-value.ts'

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
  const value = plainValue(parseDocument(text))
  if (!isRecord(value) || !isRecord(value['jobs'])) return null
  const jobs = Object.entries(value['jobs']).flatMap(([name, job]) =>
    isRecord(job) ? [{ name, value: job }] : [],
  )
  const steps = jobs.flatMap(({ name, value: job }) =>
    (Array.isArray(job['steps']) ? job['steps'] : []).filter(isRecord).map((step) => ({
      job: name,
      uses: String(step['uses'] ?? ''),
      run: String(step['run'] ?? ''),
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
  /docker\/build-push-action@/.test(uses) && String(inputs['push']) === 'true'
const isScan = ({ uses, run }: Step) =>
  /(?:trivy-action|scan-action|scout-action|snyk\/actions)/.test(uses) ||
  /\b(?:trivy|grype|docker scout|snyk)\b/.test(run)
const SECURE = 'https://docs.github.com/en/actions/reference/security/secure-use'

export const CI_RULES: readonly Rule[] = [
  checked(
    {
      id: 'PD060',
      title: 'Actions by commit',
      why: 'A tag of an action can be moved by whoever takes over its repository, and was, in March 2026, for a scanner that thousands of pipelines ran. A commit can’t; the comment beside it says which version it is.',
      refs: ['zizmor unpinned-uses', `${SECURE}#using-third-party-actions`],
      artefact: 'ci',
    },
    ofWorkflow(({ steps }, lineOf) =>
      steps
        .filter(
          ({ uses }) =>
            uses !== '' && !uses.startsWith('./') && !/@(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/.test(uses),
        )
        .map(({ uses }) => ({ message: `${uses} is not pinned to a commit.`, ...lineOf(uses) })),
    ),
  ),
  checked(
    {
      id: 'PD061',
      title: 'No right that a job does not need',
      why: 'The workflow starts with none, and each job names its own. The job that runs other people’s code can’t write, and no checkout leaves its token behind.',
      refs: ['zizmor excessive-permissions', 'zizmor artipacked', `${SECURE}#use-the-github_token`],
      artefact: 'ci',
    },
    ofWorkflow(({ permissions, jobs, steps }, lineOf) => [
      ...(isRecord(permissions) && Object.keys(permissions).length === 0
        ? []
        : [{ message: 'The workflow should start with "permissions: {}".', ...lineOf('permissions') }]),
      ...jobs
        .filter(({ value }) => !('permissions' in value))
        .map(({ name }) => ({ message: `The job ${name} names no permissions.`, ...lineOf(`${name}:`) })),
      ...steps
        .filter(
          ({ uses, with: inputs }) =>
            uses.startsWith('actions/checkout@') && String(inputs['persist-credentials']) !== 'false',
        )
        .map(({ uses }) => ({
          message: 'The checkout leaves its token behind: persist-credentials should be false.',
          ...lineOf(uses),
        })),
    ]),
  ),
  checked(
    {
      id: 'PD062',
      title: 'A serious finding that has a fix stops the run',
      why: 'HIGH and CRITICAL findings with a fix can be acted on today, so the image is not published. What has no fix yet would only teach people to look away.',
      refs: ['CIS Docker 4.4', 'https://trivy.dev/docs/latest/configuration/filtering/'],
      artefact: 'ci',
    },
    ofWorkflow(({ steps }) => {
      const scans = steps.filter(isScan)
      if (scans.length === 0)
        return steps.some(({ uses }) => uses.includes('docker/build-push-action'))
          ? [{ message: 'No image is scanned.' }]
          : []
      const stops = scans.some(
        ({ with: inputs, run }) =>
          Number(inputs['exit-code'] ?? 0) > 0 ||
          String(inputs['fail-build'] ?? '') === 'true' ||
          /--exit-code[= ][1-9]|--fail-on|--exit-code/.test(run),
      )
      return stops ? [] : [{ message: 'The scan finds and does not stop the run.' }]
    }),
  ),
  checked(
    {
      id: 'PD063',
      title: 'Findings are uploaded',
      why: 'As SARIF they stand under Security in the repository, with their history, where people see them without reading logs.',
      refs: [
        'https://docs.github.com/en/code-security/how-tos/scan-code-for-vulnerabilities/integrate-with-existing-tools/uploading-a-sarif-file-to-github',
      ],
      artefact: 'ci',
    },
    ofWorkflow(({ steps }) =>
      steps.some(isScan) && !steps.some(({ uses }) => uses.includes('codeql-action/upload-sarif'))
        ? [{ message: 'The findings of the scan are not uploaded.' }]
        : [],
    ),
  ),
  checked(
    {
      id: 'PD064',
      title: 'A bill of materials, and where the image came from',
      why: 'The SBOM says what is in the image when the next hole is found; provenance says from which commit and by which run it was built. Both are stored beside the image.',
      refs: ['https://docs.docker.com/build/metadata/attestations/', 'https://slsa.dev/spec/v1.0/provenance'],
      artefact: 'ci',
    },
    ofWorkflow(({ steps }, lineOf) =>
      steps
        .filter(isPush)
        .flatMap(({ with: inputs, uses }) => [
          ...(String(inputs['sbom'] ?? 'false') === 'false'
            ? [{ message: 'The image is pushed without an SBOM.', ...lineOf(uses) }]
            : []),
          ...(/mode=max/.test(String(inputs['provenance'] ?? ''))
            ? []
            : [{ message: 'The image is pushed without full provenance.', ...lineOf(uses) }]),
        ]),
    ),
  ),
  checked(
    {
      id: 'PD065',
      title: 'Tags that never move',
      why: 'A tag by commit names one image for ever, so a deployment says what it runs and a rollback gets what ran before. latest says neither.',
      refs: ['https://docs.docker.com/build/ci/github-actions/manage-tags-labels/'],
      artefact: 'ci',
    },
    ofWorkflow(({ steps }, lineOf) =>
      steps.flatMap(({ uses, with: inputs }): Problem[] => {
        const tags = String(inputs['tags'] ?? '')
        if (/(?:^|\s|:|value=)latest(?:\s|$)/m.test(tags))
          return [{ message: 'The image is tagged latest.', ...lineOf('latest') }]
        return uses.includes('docker/metadata-action@') &&
          !/latest=false/.test(String(inputs['flavor'] ?? ''))
          ? [
              {
                message: 'The metadata action adds latest by itself: flavor should say latest=false.',
                ...lineOf(uses),
              },
            ]
          : []
      }),
    ),
  ),
  checked(
    {
      id: 'PD066',
      title: 'The image is signed',
      why: 'A cluster can check that this repository’s pipeline built what it runs. Signing is keyless: there is no key to keep, or to lose.',
      refs: ['CIS Docker 4.5', 'https://docs.sigstore.dev/cosign/signing/overview/'],
      artefact: 'ci',
    },
    ofWorkflow(({ steps }) =>
      steps.some(isPush) &&
      !steps.some(({ run, uses }) => /\bcosign sign\b/.test(run) || /actions\/attest/.test(uses))
        ? [{ message: 'The image is pushed and not signed.' }]
        : [],
    ),
  ),
  checked(
    {
      id: 'PD067',
      title: 'Each job has an end, and old runs give way',
      why: 'A job that hangs runs for six hours. A newer commit of a pull request makes the older run worthless; one that publishes is never cut off.',
      refs: [
        'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idtimeout-minutes',
      ],
      artefact: 'ci',
    },
    ofWorkflow(({ jobs, hasConcurrency }, lineOf) => [
      ...jobs
        .filter(({ value }) => !('timeout-minutes' in value) && !('uses' in value))
        .map(({ name }) => ({ message: `The job ${name} has no timeout.`, ...lineOf(`${name}:`) })),
      ...(hasConcurrency ? [] : [{ message: 'Runs of one branch don’t give way to each other.' }]),
    ]),
  ),
  checked(
    {
      id: 'PD068',
      title: 'Values reach a shell through its environment',
      why: 'What stands in ${{ }} is put into the script before the shell reads it: a branch with a clever name becomes a command. Through env it stays a value.',
      refs: ['zizmor template-injection', `${SECURE}#good-practices-for-mitigating-script-injection-attacks`],
      artefact: 'ci',
    },
    ofWorkflow(({ steps }, lineOf) =>
      steps
        .filter(({ run }) => run.includes('${{'))
        .map(({ run }) => ({
          message: 'An expression stands in a script.',
          ...lineOf(run.split('\n').find((line) => line.includes('${{')) as string),
        })),
    ),
  ),
  checked(
    {
      id: 'PD069',
      title: 'Rebuilt each week',
      why: 'Most fixes arrive in the base image, and no commit of yours brings them in. A weekly run without cache does, and says when a finding is new.',
      refs: [
        'CIS Docker 4.4',
        'https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often',
      ],
      artefact: 'ci',
    },
    ofWorkflow(({ on, steps }) =>
      steps.some(isPush) && !('schedule' in on)
        ? [{ message: 'The image is rebuilt only when somebody commits.' }]
        : [],
    ),
  ),
]
