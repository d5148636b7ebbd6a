import type { Rule } from './types.ts'

const SECURE = 'https://docs.github.com/en/actions/reference/security/secure-use'

export const CI_RULES: readonly Rule[] = [
  {
    id: 'PD060',
    title: 'Actions by commit',
    why: 'A tag of an action can be moved by whoever takes over its repository, and was, in March 2026, for a scanner that thousands of pipelines ran. A commit can’t; the comment beside it says which version it is.',
    refs: ['zizmor unpinned-uses', `${SECURE}#using-third-party-actions`],
    artefact: 'ci',
  },
  {
    id: 'PD061',
    title: 'No right that a job does not need',
    why: 'The workflow starts with none, and each job names its own. The job that runs other people’s code can’t write, and no checkout leaves its token behind.',
    refs: ['zizmor excessive-permissions', 'zizmor artipacked', `${SECURE}#use-the-github_token`],
    artefact: 'ci',
  },
  {
    id: 'PD062',
    title: 'A serious finding that has a fix stops the run',
    why: 'HIGH and CRITICAL findings with a fix can be acted on today, so the image is not published. What has no fix yet would only teach people to look away.',
    refs: ['CIS Docker 4.4', 'https://trivy.dev/docs/latest/configuration/filtering/'],
    artefact: 'ci',
  },
  {
    id: 'PD063',
    title: 'Findings are uploaded',
    why: 'As SARIF they stand under Security in the repository, with their history, where people see them without reading logs.',
    refs: [
      'https://docs.github.com/en/code-security/how-tos/scan-code-for-vulnerabilities/integrate-with-existing-tools/uploading-a-sarif-file-to-github',
    ],
    artefact: 'ci',
  },
  {
    id: 'PD064',
    title: 'A bill of materials, and where the image came from',
    why: 'The SBOM says what is in the image when the next hole is found; provenance says from which commit and by which run it was built. Both are stored beside the image.',
    refs: ['https://docs.docker.com/build/metadata/attestations/', 'https://slsa.dev/spec/v1.0/provenance'],
    artefact: 'ci',
  },
  {
    id: 'PD065',
    title: 'Tags that never move',
    why: 'A tag by commit names one image for ever, so a deployment says what it runs and a rollback gets what ran before. latest says neither.',
    refs: ['https://docs.docker.com/build/ci/github-actions/manage-tags-labels/'],
    artefact: 'ci',
  },
  {
    id: 'PD066',
    title: 'The image is signed',
    why: 'A cluster can check that this repository’s pipeline built what it runs. Signing is keyless: there is no key to keep, or to lose.',
    refs: ['CIS Docker 4.5', 'https://docs.sigstore.dev/cosign/signing/overview/'],
    artefact: 'ci',
  },
  {
    id: 'PD067',
    title: 'Each job has an end, and old runs give way',
    why: 'A job that hangs runs for six hours. A newer commit of a pull request makes the older run worthless; one that publishes is never cut off.',
    refs: [
      'https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idtimeout-minutes',
    ],
    artefact: 'ci',
  },
  {
    id: 'PD068',
    title: 'Values reach a shell through its environment',
    why: 'What stands in ${{ }} is put into the script before the shell reads it: a branch with a clever name becomes a command. Through env it stays a value.',
    refs: ['zizmor template-injection', `${SECURE}#good-practices-for-mitigating-script-injection-attacks`],
    artefact: 'ci',
  },
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
]
