import type { ServiceUse } from '../services/types.ts'
import { note, type Yaml, type YamlMap } from '../yaml.ts'

export function volumeName({ id }: ServiceUse): string {
  return `${id}-data`
}

/** A backing service as an entry of a compose file: pinned, healthy only when it takes work, its data in a named volume. */
export function backingService(use: ServiceUse): YamlMap {
  const { image, comment, hostname, command, environment, page, volume, healthcheck } = use.container
  const { test, interval = 10, timeout = 5, startPeriod = 30 } = healthcheck
  return {
    image: note(image, { rule: 'PD046', ...(comment && { comment }) }),
    hostname,
    command,
    environment: environment && note(credentials(environment), {}),
    ports:
      page &&
      note([`127.0.0.1:\${${page.variable}:-${page.port}}:${page.port}`], {
        rule: 'PD040',
        comment: `In a browser: ${page.what}.`,
      }),
    volumes: volume ? note([`${volumeName(use)}:${volume}`], { rule: 'PD043' }) : undefined,
    healthcheck: note(
      {
        test: typeof test === 'string' ? ['CMD-SHELL', test] : ['CMD', ...test],
        interval: `${interval}s`,
        timeout: `${timeout}s`,
        retries: 3,
        start_period: `${startPeriod}s`,
        // A probe that starts a virtual machine would hold up the server that it waits for.
        start_interval: interval > 10 ? '5s' : '1s',
      },
      { rule: 'PD041' },
    ),
  }
}

/** Development passwords carry their rule: they are no secrets, and say so. */
function credentials(environment: Readonly<Record<string, string>>): Record<string, Yaml> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      value.includes(':-dev-only}') ? note(value, { rule: 'PD045' }) : value,
    ]),
  )
}
