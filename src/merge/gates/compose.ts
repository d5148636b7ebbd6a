import type { YamlEntry, YamlNode } from '../yaml-model.ts'
import { type Fact, type Variable, type View, variables } from './yaml-view.ts'

const services = (file: View): [string, YamlEntry][] => [...file.fields(file.get(file.root, 'services'))]
/** Names in a list, or the keys of a map. */
const names = (file: View, node: YamlNode | undefined): [string, number][] => [
  ...[...file.fields(node)].map(([name, { at }]): [string, number] => [name, at]),
  ...file
    .items(node)
    .map(({ value }): [string, number] => [
      value.kind === 'map' ? (file.get(value, 'source')?.text ?? '') : value.text,
      value.start,
    ]),
]

/** Names of services, volumes, networks and the like that nothing in the file bears. */
export function composeRefs(file: View): Fact[] {
  const broken: Fact[] = []
  const bearers = new Map(
    ['services', 'volumes', 'networks', 'secrets', 'configs'].map((kind) => [
      kind,
      file.fields(file.get(file.root, kind)),
    ]),
  )
  const check = (by: string, kind: string, name: string, at: number) => {
    if (bearers.get(kind)?.has(name) || name === '' || name.includes('$')) return
    const says = `\`${by}\` would name \`${name}\`, which is not among the ${kind}.`
    broken.push({ id: `${by} ${kind} ${name}`, at, says })
  }
  for (const [service, { value }] of services(file)) {
    const get = (...keys: string[]) => file.get(value, ...keys)
    for (const key of ['depends_on', 'links', 'volumes_from'])
      for (const [name, at] of names(file, get(key))) {
        if (!name.startsWith('container:')) check(service, 'services', name.split(':')[0] as string, at)
      }
    for (const key of ['network_mode', 'pid', 'ipc']) {
      const node = get(key)
      const name = /^service:(.+)/.exec(node?.text ?? '')?.[1]
      if (node && name) check(service, 'services', name, node.start)
    }
    const parent = get('extends')
    const name = parent?.kind === 'map' ? get('extends', 'service') : parent
    if (name && !get('extends', 'file')) check(service, 'services', name.text, name.start)
    for (const kind of ['networks', 'secrets', 'configs'])
      for (const [name, at] of names(file, get(kind)))
        if (kind !== 'networks' || name !== 'default') check(service, kind, name, at)
    for (const { value: mount } of file.items(get('volumes'))) {
      const isNamed = file.get(mount, 'type')?.text === 'volume'
      const name = isNamed ? file.get(mount, 'source')?.text : /^([\w][\w.-]*):/.exec(mount.text)?.[1]
      // `C:\data` is a folder.
      if (name && !/^[A-Za-z]:[\\/]/.test(mount.text)) check(service, 'volumes', name, mount.start)
    }
  }
  return broken
}

export const composeVariables = (file: View): Variable[] =>
  services(file).flatMap(([service, { value }]) =>
    variables(file, file.get(value, 'environment'), `service \`${service}\``),
  )

interface Port {
  service: string
  /** Address and port of the machine; '' where Docker picks one. */
  address: string
  published: string
  target: string
  at: number
}

function ports(file: View): Port[] {
  return services(file).flatMap(([service, { value }]) =>
    file.items(file.get(value, 'ports')).map(({ value: port }) => {
      if (port.kind === 'map') {
        const [address = '', published = '', target = ''] = ['host_ip', 'published', 'target'].map(
          (key) => file.get(port, key)?.text,
        )
        return { service, address, published, target, at: port.start }
      }
      // What a variable has for a default is no separator.
      const parts = port.text.split(/:(?![^{]*\})(?![^[]*\])/)
      const [target = '', published = '', address = ''] = parts.reverse()
      return { service, address, published, target, at: port.start }
    }),
  )
}

const LOCAL_RE = /^(?:127\.|\[?::1\]?$|localhost$|\$)/

/** A port of the machine or a folder of a container that is given away twice. */
export function composeTwice(file: View): Fact[] {
  const seen = new Map<string, string>()
  const twice: Fact[] = []
  const take = (id: string, by: string, at: number, says: string) => {
    if (seen.has(id)) twice.push({ id: `${[seen.get(id), by].sort()} ${id}`, at, says })
    seen.set(id, by)
  }
  for (const { service, published, target, at } of ports(file)) {
    const protocol = /\/\w+$/.exec(target)?.[0] ?? ''
    if (published)
      take(`${published}${protocol}`, service, at, `Port ${published} of the machine would be given to two.`)
  }
  for (const [service, { value }] of services(file))
    for (const { key, value: mount } of file.items(file.get(value, 'volumes'))) {
      const target = mount.kind === 'map' ? file.get(mount, 'target')?.text : key.split('\0')[0]
      if (target && mount.text !== target)
        take(
          `${service}:${target}`,
          service,
          mount.start,
          `\`${target}\` of \`${service}\` would be mounted twice.`,
        )
    }
  return twice
}

/** What makes a container's hold on the machine firmer, or others' on the container. */
export function composeRisks(file: View): Fact[] {
  const risks: Fact[] = []
  for (const [service, { at, value }] of services(file)) {
    const get = (key: string) => file.get(value, key)
    const words = (key: string) => file.items(get(key)).map(({ value: { text } }) => text)
    const add = (key: string, is: boolean, says: string) => {
      if (is)
        risks.push({
          id: `${service} ${key} ${says}`,
          at: get(key)?.start ?? at,
          says: `\`${service}\` would ${says}.`,
        })
    }
    add('privileged', get('privileged')?.text === 'true', 'be privileged')
    add('user', /^(?:0|root)(?::|$)/.test(get('user')?.text ?? ''), 'run as root')
    add('user', !get('user'), 'run as whoever its image says')
    add('read_only', get('read_only')?.text !== 'true', 'be able to write to its image’s files')
    add(
      'cap_drop',
      !words('cap_drop').some((word) => /^all$/i.test(word)),
      'keep capabilities that it could drop',
    )
    for (const word of words('cap_add')) add('cap_add', true, `have the capability ${word}`)
    const options = words('security_opt').map((word) => word.replace('=', ':'))
    add(
      'security_opt',
      !options.some((word) => /^no-new-privileges(?::true)?$/.test(word)),
      'be able to gain privileges',
    )
    for (const word of options) add('security_opt', word.endsWith(':unconfined'), `run with ${word}`)
    for (const key of ['network_mode', 'pid', 'ipc', 'userns_mode'])
      add(key, get(key)?.text === 'host', `share the machine’s ${key}`)
    add(
      'image',
      get('image') !== undefined && !/@sha256:/.test(get('image')?.text ?? ''),
      'have an image without a digest',
    )
    const hasSocket = file
      .items(get('volumes'))
      .some(({ value: mount }) => `${mount.text}${file.get(mount, 'source')?.text}`.includes('docker.sock'))
    add('volumes', hasSocket, 'have the machine’s Docker')
  }
  for (const { service, address, published, target, at } of ports(file)) {
    if (LOCAL_RE.test(address)) continue
    const says = `Port ${published || target} of \`${service}\` would be open to everybody.`
    risks.push({ id: `${service} ${target} open`, at, says })
  }
  return risks
}
