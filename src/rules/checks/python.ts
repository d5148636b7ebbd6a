import { lineage } from '../../dockerfile-reader/stages.ts'
import { each, effective, isFrom, ofDockerfile, script } from './instructions.ts'
import type { Checks, Problem } from './types.ts'

export const PYTHON_CHECKS: Checks = {
  PD050: ofDockerfile((_file, last) =>
    last.instructions.flatMap((instruction): Problem[] => {
      if (instruction.keyword !== 'COPY' || !instruction.flags.some(({ name }) => name === 'from')) return []
      const [source = '', target = ''] = instruction.json ?? instruction.args.split(/\s+/)
      const isVenv = /(?:^|\/)\.?venv\/?$/.test(source)
      return isVenv && target.startsWith('/') && source.replace(/\/$/, '') !== target.replace(/\/$/, '')
        ? [
            {
              message: `The virtual environment moves from ${source} to ${target}.`,
              line: instruction.line,
            },
          ]
        : []
    }),
  ),
  PD051: ofDockerfile((_file, last) => {
    if (!isFrom(last, /(?:^|\/)python\d?(?:$|-)/)) return []
    const names = lineage(last).flatMap(({ instructions }) =>
      instructions
        .filter(({ keyword }) => keyword === 'ENV')
        .flatMap((env) => env.pairs.map(([name]) => name)),
    )
    return ['PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE']
      .filter((name) => !names.includes(name))
      .map((name) => ({ message: `${name} is not set in the image.`, line: last.from.line }))
  }),
  PD052: ofDockerfile((file, _last, text) => {
    const sync = [...each(file, 'RUN')].find(({ instruction }) =>
      /\buv (?:sync|pip)\b/.test(script(instruction)),
    )
    if (!sync) return []
    return [
      ...(/UV_LINK_MODE=["']?copy|--link-mode[= ]copy/.test(text)
        ? []
        : [{ message: 'UV_LINK_MODE is not copy.', line: sync.instruction.line }]),
      ...(/UV_PYTHON_DOWNLOADS=["']?(?:0|never|false)|--no-python-downloads/.test(text)
        ? []
        : [
            {
              message: 'uv may download another interpreter than the image’s.',
              line: sync.instruction.line,
            },
          ]),
    ]
  }),
  PD053: ofDockerfile((_file, last, text) => {
    const command = effective(last, 'CMD')
    return command &&
      /(?:^|\/|["\s])gunicorn\b/.test(script(command)) &&
      !/--worker-tmp-dir|worker_tmp_dir/.test(text)
      ? [
          {
            message:
              'gunicorn’s heartbeat file needs a folder that can be written: --worker-tmp-dir /dev/shm.',
            line: command.line,
          },
        ]
      : []
  }),
  PD054: ofDockerfile((_file, last) => {
    const found = (['CMD', 'ENTRYPOINT'] as const)
      .map((keyword) => effective(last, keyword))
      .find((instruction) => {
        const text = instruction ? script(instruction) : ''
        return (
          /\b(?:supervisord|foreman|honcho|concurrently|pm2|npm-run-all)\b/.test(text) ||
          (/\b(?:uvicorn|fastapi)\b/.test(text) && /--workers[= ](?:[2-9]|\d\d)/.test(text))
        )
      })
    return found ? [{ message: 'The container holds several programs.', line: found.line }] : []
  }),
  PD055: ofDockerfile((file) => {
    if (![...each(file, 'RUN')].some(({ instruction }) => /\bcollectstatic\b/.test(script(instruction))))
      return []
    return file.stages
      .flatMap(({ instructions }) => instructions)
      .filter(
        (instruction) =>
          /^(?:ENV|ARG)$/.test(instruction.keyword) &&
          instruction.pairs.some(([name]) => /SECRET_KEY$/.test(name)),
      )
      .map(({ line }) => ({ message: 'The secret for collectstatic stays in the image.', line }))
  }),
  PD056: ofDockerfile((_file, last) => {
    const command = effective(last, 'CMD')
    const words = command?.json?.join(' ') ?? command?.args ?? ''
    return command &&
      /\brunserver\b|\bflask\b.*\brun\b|\bfastapi dev\b|--reload\b|\b(?:next|vite|nuxt|nuxi|astro) dev\b|\bnodemon\b|\bnest start\b|\bng serve\b/.test(
        words,
      )
      ? [{ message: 'A development server starts the app.', line: command.line }]
      : []
  }),
}
