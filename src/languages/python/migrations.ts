import { posix } from 'node:path'
import type { Migration } from '../../model.ts'
import type { Project } from '../../project.ts'
import type { AppRef } from './code.ts'
import type { Dependencies } from './dependencies.ts'
import type { Django } from './django.ts'
import { flaskLine } from './flask.ts'
import { at, type Table, text } from './values.ts'

export interface FoundMigration extends Migration {
  source: string
  /** The package that the command comes from: it must be a production dependency. */
  package: string
  /** What the command needs of the image. */
  env?: Record<string, string>
  /** Where the command runs, when that is not the project's root. */
  folder?: string
  /** The folder of the migrations, where the project has none there: the step could only fail. */
  lacks?: string
}

/** The step that brings the database up to the code. */
export function findMigration(
  project: Project,
  options: {
    django: Django | null
    app: AppRef | null
    framework: string
    pyproject: Table | null
    dependencies: Dependencies
    has(name: string): boolean
  },
): FoundMigration | null {
  const { django, app, framework, pyproject, dependencies, has } = options
  if (framework === 'django' && django) {
    const databases = django.files.find((file) => /^[ \t]*DATABASES\b/m.test(file.code))
    if (!databases) return null
    return {
      tool: 'django',
      title: 'Django migrations',
      command: ['python', django.manage, 'migrate', '--noinput'],
      source: databases.path,
      package: 'django',
    }
  }
  if (has('flask-migrate') && app) {
    const folder = project.files().find((path) => /(^|\/)migrations\/(?:env\.py|alembic\.ini)$/.test(path))
    if (folder) {
      const directory = folder.split('/').slice(0, -1).join('/')
      return {
        tool: 'flask-migrate',
        title: 'Flask-Migrate',
        ...flaskLine(dependencies, `${app.module}:${app.attribute}`, [
          'db',
          'upgrade',
          ...(directory === 'migrations' ? [] : ['--directory', directory]),
        ]),
        source: folder,
        package: 'flask-migrate',
      }
    }
  }
  const ini = [
    'alembic.ini',
    ...project.files().filter((path) => path.endsWith('/alembic.ini') && !path.includes('/migrations/')),
  ].find((path) => project.has(path))
  if (ini && ini.split('/').length < 4) {
    const { folder, lacks } = iniFolder(project, ini)
    return {
      tool: 'alembic',
      title: 'Alembic',
      command: [
        ...alembic(/^prepend_sys_path[ \t]*=[ \t]*\S/m.test(project.text(ini) ?? '')),
        ...(ini === 'alembic.ini' || folder ? [] : ['--config', ini]),
        'upgrade',
        'head',
      ],
      ...(folder && { folder }),
      ...(lacks && { lacks }),
      source: ini,
      package: 'alembic',
    }
  }
  const settings = at(pyproject, 'tool', 'alembic')
  if (Object.keys(settings).length > 0)
    return {
      tool: 'alembic',
      title: 'Alembic',
      command: [...alembic('prepend_sys_path' in settings), 'upgrade', 'head'],
      source: 'pyproject.toml#tool.alembic',
      package: 'alembic',
    }
  const aerich = at(pyproject, 'tool', 'aerich')
  if (Object.keys(aerich).length > 0) {
    const location = posix.join(text(aerich['location']) ?? 'migrations', '.').replace(/\/$/, '')
    return {
      tool: 'aerich',
      title: 'Aerich',
      command: ['aerich', 'upgrade'],
      source: 'pyproject.toml#tool.aerich',
      package: 'aerich',
      ...(!project.truncated &&
        !project.files().some((path) => path.startsWith(`${location}/`)) && { lacks: location }),
    }
  }
  return null
}

/** By itself it finds no code of the project: where its settings add no folder, Python adds the one that it runs in. */
const alembic = (addsFolder: boolean) => (addsFolder ? ['alembic'] : ['python', '-m', 'alembic'])

/** A relative `script_location` counts from where alembic is run: the folder of the ini, if only there it leads anywhere. */
function iniFolder(project: Project, ini: string): { folder?: string; lacks?: string } {
  const folder = ini.split('/').slice(0, -1).join('/')
  const [, here, location] =
    /^script_location[ \t]*=[ \t]*(%\(here\)s\/)?(?:\.\/)?(\w[\w./-]*?)\/?[ \t\r]*$/m.exec(
      project.text(ini) ?? '',
    ) ?? []
  if (!location) return {}
  const leads = (path: string) => project.truncated || project.has(`${path}/env.py`)
  const beside = folder ? `${folder}/${location}` : location
  if (!here && leads(location)) return {}
  if (!leads(beside)) return { lacks: here ? beside : location }
  return here || !folder ? {} : { folder }
}
