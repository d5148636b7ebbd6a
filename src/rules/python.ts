import type { Rule } from './types.ts'

const UV_DOCKER = 'https://docs.astral.sh/uv/guides/integration/docker/'

/** What holds for Python alone. */
export const PYTHON_RULES: readonly Rule[] = [
  {
    id: 'PD050',
    title: 'The virtual environment keeps its path',
    why: 'Its scripts name their interpreter by absolute path, so an environment that moves between stages is broken. It is built and copied at one path, on one interpreter.',
    refs: ['https://docs.python.org/3/library/venv.html', UV_DOCKER],
    artefact: 'dockerfile',
  },
  {
    id: 'PD051',
    title: 'Output unbuffered, no bytecode at run time',
    why: 'Buffered output is lost when the app dies, which is when it is wanted. Under a read-only root no bytecode can be written, so none is tried.',
    refs: ['https://docs.python.org/3/using/cmdline.html#envvar-PYTHONUNBUFFERED'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD052',
    title: 'uv: copies files, and takes the image’s own interpreter',
    why: 'A link into the cache mount points nowhere once the mount is gone, and an interpreter that uv downloads is not there in the last stage.',
    refs: [UV_DOCKER],
    artefact: 'dockerfile',
  },
  {
    id: 'PD053',
    title: 'The server’s settings suit a read-only root',
    why: 'gunicorn’s workers beat into a file: below /dev/shm that costs no disk and needs no writable folder. Logs go to the container’s own output, and the time to stop is shorter than the engine’s patience.',
    refs: [
      'https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod',
    ],
    artefact: 'dockerfile',
  },
  {
    id: 'PD054',
    title: 'One process per container',
    why: 'The platform starts more containers where more is needed, and restarts each alone. Several programs in one share a fate, a log and a memory limit.',
    refs: [
      'https://docs.docker.com/engine/containers/multi-service_container/',
      'https://fastapi.tiangolo.com/deployment/docker/',
    ],
    artefact: 'dockerfile',
  },
  {
    id: 'PD055',
    title: 'collectstatic with a dummy secret, for that command alone',
    why: 'Collecting static files loads the settings, which want a secret that no build should have. A dummy in front of the command is in no layer and in no later stage.',
    refs: ['https://docs.djangoproject.com/en/stable/howto/deployment/checklist/'],
    artefact: 'dockerfile',
  },
  {
    id: 'PD056',
    title: 'A production server starts the app',
    why: 'Development servers reload, show stack traces to visitors and serve one request after another. Where the project has no production server among its dependencies, the run says which to add.',
    refs: [
      'https://docs.djangoproject.com/en/stable/ref/django-admin/#runserver',
      'https://flask.palletsprojects.com/en/stable/deploying/',
    ],
    artefact: 'dockerfile',
  },
  {
    id: 'PD057',
    title: 'The project is a layer of its own',
    why: 'A packaged project is installed beside its dependencies and laid over them, so an edit of the source pushes the project and none of what it depends on.',
    refs: [UV_DOCKER],
    artefact: 'dockerfile',
  },
  {
    id: 'PD059',
    title: 'Health checks start from bytecode',
    why: 'The official images leave out the bytecode of Python’s library, and a read-only root keeps none: every check would compile fifty modules again, which takes three times the CPU of the check itself. One megabyte of the image spares that.',
    refs: ['https://github.com/docker-library/python/issues/615'],
    artefact: 'dockerfile',
  },
]
