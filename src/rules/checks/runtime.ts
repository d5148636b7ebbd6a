import { each, effective, isFrom, ofDockerfile, script } from './instructions.ts'
import type { Checks, Problem } from './types.ts'

const MANAGER_RE = /^(?:npm|npx|yarn|pnpm|pnpx|bunx|poetry|pipenv|pdm)$/

export const RUNTIME_CHECKS: Checks = {
  PD009: ofDockerfile((_file, last) => {
    const user = effective(last, 'USER')
    if (!user) return [{ message: 'No USER: the app runs as root.', line: last.from.line }]
    if (/^(?:0|root)(?::|$)/.test(user.args)) return [{ message: 'The app runs as root.', line: user.line }]
    return /^\d+(?::\d+)?$/.test(user.args)
      ? []
      : [
          {
            message: `USER ${user.args} is a name: Kubernetes can’t verify that it is not root.`,
            line: user.line,
          },
        ]
  }),
  PD010: ofDockerfile((_file, last) =>
    (['CMD', 'ENTRYPOINT'] as const).flatMap((keyword): Problem[] => {
      const instruction = effective(last, keyword)
      return instruction && !instruction.json
        ? [
            {
              message: `${keyword} is not in exec form: a shell becomes process 1.`,
              line: instruction.line,
            },
          ]
        : []
    }),
  ),
  PD012: ofDockerfile((_file, last) => {
    const instruction = effective(last, 'HEALTHCHECK')
    if (!instruction || /^NONE$/i.test(instruction.args)) return []
    const probe = script(instruction)
    return [
      ...(/\/\/localhost\b/.test(probe)
        ? [
            {
              message: 'The health check asks localhost, which may be ::1: use 127.0.0.1.',
              line: instruction.line,
            },
          ]
        : []),
      ...(/\b(?:curl|wget)\b/.test(probe) && !isFrom(last, /nginx|busybox|alpine/)
        ? [
            {
              message: 'The health check needs a program that the image should not have.',
              line: instruction.line,
            },
          ]
        : []),
    ]
  }),
  PD015: ofDockerfile((file) =>
    [...each(file, 'RUN')]
      .filter(({ instruction }) => /\bcorepack (?:enable|prepare|use|install)\b/.test(script(instruction)))
      .map(({ instruction }) => ({
        message: 'corepack is not in newer images of Node.js.',
        line: instruction.line,
      })),
  ),
  PD017: ofDockerfile((file) =>
    file.stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ args }) => /--max[-_]old[-_]space[-_]size=\d/.test(args))
      .map(({ line }) => ({
        message: 'The heap has a fixed size, whatever the container’s limit is.',
        line,
      })),
  ),
  PD018: ofDockerfile((file, last) =>
    [...each(file, 'ENV')]
      .filter(({ stage, instruction }) => {
        if (
          stage === last ||
          !instruction.pairs.some(([name, value]) => name === 'NODE_ENV' && value === 'production')
        )
          return false
        const later = stage.instructions.slice(stage.instructions.indexOf(instruction))
        return later.some(
          (run) =>
            run.keyword === 'RUN' &&
            /\b(?:npm (?:ci|install)|pnpm install|yarn install|bun install)\b/.test(script(run)) &&
            !/--(?:omit=dev|prod|production|include=dev)\b/.test(script(run)),
        )
      })
      .map(({ instruction }) => ({
        message: 'NODE_ENV=production before the install leaves out what the build needs.',
        line: instruction.line,
      })),
  ),
  PD021: ofDockerfile((_file, last) =>
    (['CMD', 'ENTRYPOINT'] as const).flatMap((keyword): Problem[] => {
      const instruction = effective(last, keyword)
      return instruction &&
        last.name !== 'migrate' &&
        /\bmigrate\b|\balembic\b.*\bupgrade\b|\bdb:(?:migrate|push)\b|\bmigration:run\b/.test(
          script(instruction),
        )
        ? [{ message: 'Each replica migrates the database when it starts.', line: instruction.line }]
        : []
    }),
  ),
  PD024: ofDockerfile((_file, last) => {
    const command = effective(last, 'CMD')
    const found: Problem[] = last.instructions
      .filter(({ keyword }) => keyword === 'ENV')
      .flatMap((env) =>
        env.pairs
          .filter(
            ([name, value]) =>
              /^(?:HOST|HOSTNAME|NITRO_HOST|UVICORN_HOST|BIND)$/.test(name) &&
              /^(?:127\.|localhost)/.test(value),
          )
          .map(([name]) => ({
            message: `${name} lets only the container itself reach the app.`,
            line: env.line,
          })),
      )
    if (
      command &&
      /(?:--(?:host|bind|address|hostname)[= ]|-[bHh] )(?:127\.0\.0\.1|localhost)\b/.test(script(command))
    )
      found.push({
        message: 'The app listens on the container’s own loopback address.',
        line: command.line,
      })
    return found
  }),
  PD026: ofDockerfile((_file, _last, text) => {
    if (!/\bserver\s*\{/.test(text)) return []
    return [
      ...(/Cache-Control/i.test(text) ? [] : [{ message: 'The server sends no Cache-Control.' }]),
      ...(/\btry_files\b/.test(text)
        ? []
        : [{ message: 'The server has no try_files: addresses of the app’s own answer 404.' }]),
    ]
  }),
  PD027: ofDockerfile((_file, _last, text) => {
    if (!/\bserver\s*\{/.test(text)) return []
    return [
      ...(/X-Content-Type-Options/i.test(text)
        ? []
        : [{ message: 'The server sends no X-Content-Type-Options.' }]),
      ...(/location\s*=?\s*\/health/.test(text)
        ? []
        : [{ message: 'The server has no route for the health check.' }]),
    ]
  }),
  PD092: ofDockerfile((_file, last) => {
    const command = effective(last, 'CMD')
    const [program = '', flag = ''] = command?.json ?? []
    const name = program.split('/').pop() as string
    return command && (MANAGER_RE.test(name) || (/^(?:sh|bash|ash|dash)$/.test(name) && flag.startsWith('-')))
      ? [{ message: `The app is started through ${name}.`, line: command.line }]
      : []
  }),
}
