import type { Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import { filesWith } from './code.ts'
import type { Dependencies } from './dependencies.ts'
import { compare, toRelease } from './pep440.ts'
import type { Pin } from './wheels.ts'

/** The last line of setuptools that has pkg_resources without fail. */
export const SETUPTOOLS = 'setuptools<81'
/** The first one without. */
const GONE = 82

/**
 * Packages that import pkg_resources as they are loaded, and their first release that does not: by then they ask for some
 * setuptools at most, and get the newest. As read in what PyPI has of them, in November 2026.
 */
const IMPORTS: Readonly<Record<string, string | null>> = {
  apscheduler: '3.10.2',
  celery: '5.2.5',
  cerberus: '1.3.5',
  connexion: '2.13.0',
  dash: '2.15.0',
  ddtrace: '0.53.0',
  'djangorestframework-simplejwt': '5.3.1',
  'drf-yasg': '1.21.8',
  'flask-limiter': '2.0.1',
  'flask-restx': '1.2.0',
  fs: null,
  gevent: '23.7.0',
  'google-api-core': '2.7.2',
  'google-cloud-storage': '2.3.0',
  gradio: '3.40.0',
  gunicorn: '21.0.0',
  librosa: '0.10.2',
  limits: '3.3.0',
  mlflow: '2.16.0',
  'opentelemetry-instrumentation': '0.49',
  pastedeploy: '3.0',
  pymilvus: '2.5.5',
  pyramid: null,
  razorpay: '2.0.0',
  scrapy: '2.10.0',
  stevedore: '3.0.0',
  streamlit: '1.6.0',
  supervisor: '4.3.0',
}

/** What imports pkg_resources where nothing brings it: a venv has no setuptools of its own, and new ones have left it out. */
export function withSetuptools(
  project: Project,
  { production }: Pick<Dependencies, 'production'>,
  pins: readonly Pin[],
  isRead: (path: string) => boolean,
): Warning | undefined {
  const exact = pins.find(({ name }) => name === 'setuptools')
  if (exact ? isOld(exact.version) : isCapped(production.get('setuptools')?.specifier)) return undefined
  const old = pins.find(({ name, version }) => imports(name, version))
  if (old) {
    const clean = IMPORTS[old.name]
    const raise = clean ? `, or raise ${old.name} to ${clean}` : ''
    return {
      rule: 'PD081',
      message: `${old.name} ${old.version} imports pkg_resources, which setuptools has no more from ${GONE} on: the image adds "${SETUPTOOLS}". Add it to the dependencies${raise}, and the step goes.`,
      file: old.file,
    }
  }
  const statement = /^(?:import|from)[ \t]+pkg_resources\b/m
  const file = filesWith(project, ['pkg_resources']).find(
    ({ path, code }) => isRead(path) && path !== 'setup.py' && statement.test(code),
  )
  if (!file) return undefined
  const line = file.line(file.code.search(statement))
  return {
    rule: 'PD081',
    message: `${file.path}:${line} imports pkg_resources, which setuptools has no more from ${GONE} on: the image adds "${SETUPTOOLS}". Add it to the dependencies, and the step goes.`,
    file: file.path,
    line,
  }
}

const isOld = (version: string) => compare(toRelease(version), [GONE]) < 0

function imports(name: string, version: string): boolean {
  const clean = IMPORTS[name]
  return clean === null || (clean !== undefined && compare(toRelease(version), toRelease(clean)) < 0)
}

/** `<82`, `~=80.0`, `==80.*`, `^78`. */
function isCapped(specifier = ''): boolean {
  const [, operator, line] = /(<=?|~=|\^|==)\s*(\d+)/.exec(specifier) ?? []
  return line !== undefined && Number(line) < (operator === '<' ? GONE + 1 : GONE)
}
