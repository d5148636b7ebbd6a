import { isRecord } from '../../record.ts'
import { imageParts } from './instructions.ts'
import type { Checks, Problem } from './types.ts'
import { keyLines, plainYaml, withMerges, word } from './yaml-value.ts'

interface Service {
  name: string
  /** As read, merges applied. */
  value: Record<string, unknown>
  line: number
  /** Line of one of its keys. */
  at(key: string): number
}

/** The services of a compose file; none where it is no such file. */
function services(text: string): Service[] {
  const plain = plainYaml(text)
  if (!isRecord(plain) || !isRecord(plain['services'])) return []
  const lineOf = keyLines(text)
  return Object.entries(plain['services']).flatMap(([name, value]): Service[] =>
    isRecord(value)
      ? [
          {
            name,
            value: withMerges(value),
            line: lineOf(['services', name]),
            at: (key) => lineOf(['services', name, key]),
          },
        ]
      : [],
  )
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** `environment` in both of its forms. */
function environment({ value }: Service): [string, string][] {
  const given = value['environment']
  if (isRecord(given)) return Object.entries(withMerges(given)).map(([name, one]) => [name, word(one)])
  return list(given).map((one) => {
    const [, name = '', rest = ''] = /^([^=]*)=?([\s\S]*)$/.exec(word(one)) ?? []
    return [name, rest]
  })
}

/** A server that others wait for: an image of its own, nothing of the project. */
const isBacking = ({ value }: Service) => 'image' in value && !('build' in value)

function probe({ value }: Service): string {
  const check = value['healthcheck']
  return isRecord(check) ? [check['test']].flat().map(word).join(' ') : ''
}

const perService = (check: (service: Service, all: Service[]) => Problem[]) => (text: string) => {
  const all = services(text)
  return all.flatMap((service) => check(service, all))
}

export const COMPOSE_CHECKS: Checks = {
  PD040: perService((service) =>
    list(service.value['ports'])
      .filter((port) =>
        isRecord(port) ? !word(port['host_ip']).startsWith('127.') : !/^(?:127\.|\[::1\])/.test(word(port)),
      )
      .map(() => ({
        message: `${service.name} publishes a port to the whole network.`,
        line: service.at('ports'),
      })),
  ),
  PD041: perService((service) => {
    if (!isBacking(service)) return []
    const text = probe(service)
    if (text === '')
      return [
        { message: `${service.name} has no health check: nothing can wait for it.`, line: service.line },
      ]
    return /\bpg_isready\b/.test(text) && !/(?:-h|--host)/.test(text)
      ? [
          {
            message: `${service.name} is asked over its socket, which answers before it is ready.`,
            line: service.at('healthcheck'),
          },
        ]
      : []
  }),
  PD042: perService((service) => {
    const needs = service.value['depends_on']
    const isLoose = Array.isArray(needs)
      ? needs.length > 0
      : isRecord(needs) &&
        Object.values(needs).some(
          (one) => isRecord(one) && (one['condition'] ?? 'service_started') === 'service_started',
        )
    return isLoose
      ? [
          {
            message: `${service.name} waits for a start, not for readiness.`,
            line: service.at('depends_on'),
          },
        ]
      : []
  }),
  PD043: perService((service) => {
    const { name, tag } = imageParts(word(service.value['image']))
    if (!/(?:^|\/)(?:postgres|postgis|pgvector)$/.test(name) && !/^(?:mysql|mariadb|mongo)$/.test(name))
      return []
    const mounts = list(service.value['volumes']).map((one) =>
      isRecord(one) ? [word(one['source']), word(one['target'])] : word(one).split(':'),
    )
    const line = service.at('volumes')
    if (mounts.length === 0) return [{ message: `${service.name} keeps its data in no named volume.`, line }]
    const major = Number(/(?:^|pg)(\d+)/.exec(tag)?.[1] ?? Number.NaN)
    if (!/postg|pgvector/.test(name) || Number.isNaN(major)) return []
    const wanted = major >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data'
    return mounts.some(([, target]) => target?.replace(/\/$/, '') === wanted)
      ? []
      : [{ message: `PostgreSQL ${major} keeps its data below ${wanted}.`, line }]
  }),
  PD044: perService((service) =>
    'build' in service.value &&
    list(service.value['volumes']).some((one) =>
      isRecord(one)
        ? one['type'] === 'bind' && /^\.\/?$/.test(word(one['source']))
        : /^\.\/?:/.test(word(one)),
    )
      ? [
          {
            message: `The project is mounted over what ${service.name} has installed.`,
            line: service.at('volumes'),
          },
        ]
      : [],
  ),
  PD045: perService((service) =>
    environment(service)
      .filter(
        ([name, value]) =>
          /PASS(?:WORD)?$|SECRET(?:_KEY)?$|TOKEN$|API_KEY$/i.test(name) &&
          value !== '' &&
          !/\$\{|dev-only/.test(value),
      )
      .map(([name]) => ({
        message: `${name} of ${service.name} is written down in the file.`,
        line: service.at('environment'),
      })),
  ),
  PD046: perService((service) => {
    if (!isBacking(service)) return []
    const image = word(service.value['image'])
    const { tag, digest } = imageParts(image)
    return digest || image.includes('${') || (tag !== '' && /\d/.test(tag))
      ? []
      : [{ message: `${image} has no version in its tag.`, line: service.at('image') }]
  }),
  PD047: (text) => {
    const all = services(text)
    const told = all
      .filter((service) => !isBacking(service))
      .flatMap(environment)
      .map(([, value]) => value)
    if (told.length === 0 && !all.some((service) => 'build' in service.value)) return []
    return all
      .filter(
        (service) =>
          isBacking(service) &&
          !told.some(
            (value) =>
              value === service.name ||
              new RegExp(
                `(?:^|[/@,"\\s])${service.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?=[:/,"\\s]|$)`,
              ).test(value),
          ),
      )
      .map((service) => ({ message: `No variable of the app names ${service.name}.`, line: service.line }))
  },
  PD048: (text) => {
    const all = services(text)
    const migrate = all.find(({ name }) => /^(?:migrate|migrations?)$/.test(name))
    if (!migrate) return []
    const waits = all.some(({ value }) => {
      const needs = value['depends_on']
      const one = isRecord(needs) ? needs[migrate.name] : undefined
      return isRecord(one) && one['condition'] === 'service_completed_successfully'
    })
    return waits ? [] : [{ message: `Nothing waits for ${migrate.name} to succeed.`, line: migrate.line }]
  },
}
