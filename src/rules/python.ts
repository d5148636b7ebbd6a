import { assignments, checkedDockerfile, each, effective, isFrom, type Problem, script } from './checks.ts'
import { lineage } from './dockerfile-reader.ts'
import type { Rule } from './types.ts'

const UV_DOCKER = 'https://docs.astral.sh/uv/guides/integration/docker/'

/** What holds for Python alone. */
export const PYTHON_RULES: readonly Rule[] = [
  checkedDockerfile(
    {
      id: 'PD050',
      title: 'The virtual environment keeps its path',
      why: 'Its scripts name their interpreter by absolute path, so an environment that moves between stages is broken. It is built and copied at one path, on one interpreter.',
      refs: ['https://docs.python.org/3/library/venv.html', UV_DOCKER],
    },
    (_file, last) =>
      last.instructions.flatMap((instruction): Problem[] => {
        if (instruction.keyword !== 'COPY' || !instruction.flags.some(({ name }) => name === 'from'))
          return []
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
  checkedDockerfile(
    {
      id: 'PD051',
      title: 'Output unbuffered, no bytecode at run time',
      why: 'Buffered output is lost when the app dies, which is when it is wanted. Under a read-only root no bytecode can be written, so none is tried.',
      refs: ['https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUNBUFFERED'],
    },
    (_file, last) => {
      if (!isFrom(last, /(?:^|\/)python\d?(?:$|-)/)) return []
      const names = lineage(last).flatMap(({ instructions }) =>
        instructions
          .filter(({ keyword }) => keyword === 'ENV')
          .flatMap((env) => assignments(env).map(([name]) => name)),
      )
      return ['PYTHONUNBUFFERED', 'PYTHONDONTWRITEBYTECODE']
        .filter((name) => !names.includes(name))
        .map((name) => ({ message: `${name} is not set in the image.`, line: last.from.line }))
    },
  ),
  checkedDockerfile(
    {
      id: 'PD052',
      title: 'uv: copies files, and takes the image’s own interpreter',
      why: 'A link into the cache mount points nowhere once the mount is gone, and an interpreter that uv downloads is not there in the last stage.',
      refs: [UV_DOCKER],
    },
    (file, _last, text) => {
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
    },
  ),
  checkedDockerfile(
    {
      id: 'PD053',
      title: 'The server’s settings suit a read-only root',
      why: 'gunicorn’s workers beat into a file: below /dev/shm that costs no disk and needs no writable folder. Logs go to the container’s own output, and the time to stop is shorter than the engine’s patience.',
      refs: [
        'https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod',
      ],
    },
    (_file, last, text) => {
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
    },
  ),
  checkedDockerfile(
    {
      id: 'PD054',
      title: 'One process per container',
      why: 'The platform starts more containers where more is needed, and restarts each alone. Several programs in one share a fate, a log and a memory limit.',
      refs: [
        'https://docs.docker.com/engine/containers/multi-service_container/',
        'https://fastapi.tiangolo.com/deployment/docker/',
      ],
    },
    (_file, last) => {
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
    },
  ),
  checkedDockerfile(
    {
      id: 'PD055',
      title: 'collectstatic with a dummy secret, for that command alone',
      why: 'Collecting static files loads the settings, which want a secret that no build should have. A dummy in front of the command is in no layer and in no later stage.',
      refs: ['https://docs.djangoproject.com/en/stable/howto/deployment/checklist/'],
    },
    (file) => {
      if (![...each(file, 'RUN')].some(({ instruction }) => /\bcollectstatic\b/.test(script(instruction))))
        return []
      return file.stages
        .flatMap(({ instructions }) => instructions)
        .filter(
          (instruction) =>
            /^(?:ENV|ARG)$/.test(instruction.keyword) &&
            assignments(instruction).some(([name]) => /SECRET_KEY$/.test(name)),
        )
        .map(({ line }) => ({ message: 'The secret for collectstatic stays in the image.', line }))
    },
  ),
  checkedDockerfile(
    {
      id: 'PD056',
      title: 'A production server starts the app',
      why: 'Development servers reload, show stack traces to visitors and serve one request after another. Where the project has no production server among its dependencies, the run says which to add.',
      refs: [
        'https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver',
        'https://flask.palletsprojects.com/en/stable/deploying/',
      ],
    },
    (_file, last) => {
      const command = effective(last, 'CMD')
      const words = command?.json?.join(' ') ?? command?.args ?? ''
      return command &&
        /\brunserver\b|\bflask\b.*\brun\b|\bfastapi dev\b|--reload\b|\b(?:next|vite|nuxt|nuxi|astro) dev\b|\bnodemon\b|\bnest start\b|\bng serve\b/.test(
          words,
        )
        ? [{ message: 'A development server starts the app.', line: command.line }]
        : []
    },
  ),
]
