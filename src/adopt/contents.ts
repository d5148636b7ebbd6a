import { readDockerfile } from '../dockerfile-reader/read.ts'
import { isRecord } from '../record.ts'
import { plainYaml, withMerges, word } from '../rules/checks/yaml-value.ts'

const ACTION_RE = /^docker\/(?:build-push-action|bake-action)@/
/** At the start of a command, behind variables and `sudo`; `echo docker build` builds nothing. */
const COMMAND_RE =
  /(?:^|&&|\|\||[;|(])\s*(?:\w+=\S*\s+)*(?:sudo\s+)?(?:docker|podman)(?:-compose|\s+compose|\s+buildx|\s+image|\s+builder)?(?:\s+-{1,2}[\w-]+(?:[= ](?!build\b)[^\s-]\S*)?)*\s+(?:build|bake)\b/m
const UP_RE = /(?:docker\s+compose|docker-compose)\b.*\s--build\b/

/** Whether a workflow builds an image: by an action, or by a command of a step. */
export function buildsImage(text: string): boolean {
  return stepsOf(text).some(({ uses, run }) => {
    const script = run.replace(/\\\n\s*/g, ' ').replace(/^\s*#.*$/gm, '')
    return ACTION_RE.test(uses) || COMMAND_RE.test(script) || UP_RE.test(script)
  })
}

/** Stages that a file builds by name: `target` of a compose service's build, or of a step that builds. */
export function targetsIn(text: string): string[] {
  const value = plainYaml(text)
  const services = isRecord(value) && isRecord(value['services']) ? Object.values(value['services']) : []
  const builds = [
    ...services.map((service) => (isRecord(service) ? service['build'] : undefined)),
    ...stepsOf(text).map((step) => step.with),
  ]
  return [
    ...new Set(builds.flatMap((build) => (isRecord(build) ? word(build['target']) : '')).filter(Boolean)),
  ]
}

function stepsOf(text: string): { uses: string; run: string; with: unknown }[] {
  const value = plainYaml(text)
  const jobs = isRecord(value) && isRecord(value['jobs']) ? Object.values(value['jobs']) : []
  return jobs
    .flatMap((job) => (isRecord(job) && Array.isArray(job['steps']) ? job['steps'] : []))
    .filter(isRecord)
    .map((step) => ({ uses: word(step['uses']), run: word(step['run']), with: step['with'] }))
}

/** Names of services, and whether one is built, and one watched for changes. Null: nobody can tell, since it is no YAML. */
export function composeHas(text: string): { services: string[]; builds: boolean; watches: boolean } | null {
  const value = plainYaml(text)
  if (value === undefined) return null
  const services = isRecord(value) && isRecord(value['services']) ? value['services'] : {}
  const all = Object.values(services).filter(isRecord).map(withMerges)
  return {
    services: Object.keys(services),
    builds: all.some(({ build }) => build !== undefined),
    watches: all.some(({ develop }) => isRecord(develop) && Array.isArray(develop['watch'])),
  }
}

export function stagesIn(text: string): string[] {
  return readDockerfile(text).stages.flatMap(({ name }) => name ?? [])
}

export const isDockerfile = (text: string): boolean => readDockerfile(text).stages.length > 0
