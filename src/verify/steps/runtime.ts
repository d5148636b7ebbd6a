import { inside, inspectContainer, printFile } from '../inspect.ts'
import type { Step } from '../types.ts'

export const runtime: Step = {
  id: 'runtime',
  title: 'User and rights, as it runs',
  needs: ['boot'],
  async run(v) {
    const container = v.stack?.container as string
    const facts = await inspectContainer(v, container)
    const user = v.image?.config.user ?? ''
    const status = await inside(v, container, printFile('/proc/1/status'))
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status ?? '')?.[1]
    const uid = field('Uid') ?? /^\d+/.exec(user)?.[0]
    const capabilities = field('CapEff')
    const data = {
      user,
      uid: Number(uid),
      ...(capabilities !== undefined && { capabilities }),
      noNewPrivileges: field('NoNewPrivs') === '1',
      readOnly: facts?.HostConfig.ReadonlyRootfs ?? null,
      seen: status === null ? 'settings' : 'process',
    }
    const wrong = [
      ...(uid === undefined || Number(uid) === 0 ? ['process 1 runs as root'] : []),
      ...(!/^\d+(:\d+)?$/.test(user) && uid !== '0' && user !== ''
        ? [`USER ${user} is a name, which Kubernetes can't verify: write its number`]
        : []),
      ...(capabilities !== undefined && !/^0+$/.test(capabilities)
        ? [`it holds capabilities ${capabilities}`]
        : []),
      ...(facts?.HostConfig.ReadonlyRootfs === false ? ['its root file system is writable'] : []),
    ]
    if (wrong.length > 0) return { status: 'fail', evidence: `${capital(wrong.join('; '))}.`, data }
    return {
      status: 'pass',
      evidence: `Process 1 is user ${user}${status === null ? ' by its settings (no program in the image can read /proc)' : ''}, with no capabilities.`,
      data,
    }
  },
}

const capital = (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}`
