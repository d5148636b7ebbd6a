import { type Answers, chosen } from '../../answers.ts'
import { pythonReader, setSettings } from '../../env/python-reader.ts'
import { scanVariables } from '../../env/scan.ts'
import { CliError, EXIT } from '../../errors.ts'
import { oneLine } from '../../escape.ts'
import { type Fact, Facts, fact, type Warning } from '../../facts.ts'
import { gitIgnores } from '../../ignore.ts'
import type { Variable } from '../../model.ts'
import type { Project } from '../../project.ts'
import { shellLine } from '../../shell.ts'
import {
  NO_HEALTH_ROUTE,
  noStepOfItsOwn,
  READ_IN_PART,
  setBuildSecrets,
  setVariables,
  sshWarnings,
} from '../common.ts'
import { keptOut } from '../own-config.ts'
import type { Inspection, Language } from '../types.ts'
import { filesWith } from './code.ts'
import { type Dependencies, readDependencies } from './dependencies.ts'
import { detect } from './detect.ts'
import { type Django, readDjango } from './django.ts'
import { ENV_LIBRARIES } from './env-input.ts'
import { importedPackages } from './find-framework.ts'
import { FRAMEWORKS } from './frameworks.ts'
import { neededGroups } from './groups.ts'
import { configWarnings } from './gunicorn-config.ts'
import { findHealthPath } from './health.ts'
import { findIndexes, indexUrls } from './indexes.ts'
import { planInstall } from './install.ts'
import { findLaunch } from './launch.ts'
import { isPackage, ownBuild, readManifests, readsOwnMetadata } from './manifests.ts'
import { findMigration } from './migrations.ts'
import { missingModules } from './missing-modules.ts'
import { pythonModel } from './model.ts'
import { findNative, withGeoDjango, withRun } from './native.ts'
import { checkStandalone, notAnApp } from './not-an-app.ts'
import { pythonOwnConfigs } from './own-config.ts'
import { findPackageManager, outsideWarning, PACKAGE_MANAGERS } from './package-manager.ts'
import { withSetuptools } from './pkg-resources.ts'
import { findListening, findPort } from './port.ts'
import { findPrograms } from './programs.ts'
import { belongs, reachFrom } from './reach.ts'
import { findStopSignal } from './signals.ts'
import { appInScripts, statedStart } from './start.ts'
import { catalogWarnings, djangoWarnings, fileDatabase } from './static-files.ts'
import { findTest } from './tests.ts'
import { findListed, withUnlisted } from './unlisted.ts'
import { findPythonVersion, python2Import } from './version.ts'
import { findBounds, findPins, readLocked } from './wheels.ts'
import { findWorkers, processesOf, type Worker } from './workers.ts'
import { DRIVERS, hasDriver, writesBesideCode } from './writes.ts'

export const python: Language = {
  id: 'python',
  title: 'Python',
  ecosystem: 'pypi',
  frameworks: FRAMEWORKS,
  packageManagers: PACKAGE_MANAGERS,
  envLibraries: ENV_LIBRARIES,
  detect,
  inspect,
}

async function inspect(
  project: Project,
  answers: Answers,
  taken: readonly string[] = [],
): Promise<Inspection> {
  const facts = new Facts()
  const manifests = await readManifests(project)
  const manager = findPackageManager(project, manifests, answers)
  checkStandalone(project, manifests, manager.id)
  const warnings: Warning[] = [...manager.warnings]
  const dependencies = readDependencies(manifests, manager.id, (name) => taken.includes(name))
  const { production } = dependencies
  const locked = readLocked(project, manager.lock, dependencies)
  const imported = production.size === 0 ? importedPackages(project) : new Set<string>()
  const has = (name: string) => production.has(name) || imported.has(name)

  const { row, source, others, ...found } = findListed(project, dependencies, imported, answers)
  const app = found.app ?? appInScripts(project, manifests)
  facts.set('framework', source)
  facts.set('packageManager', manager.fact)
  facts.set('packageManagerVersion', manager.version)
  const pins = findPins(locked, manager.lock, dependencies)
  const bounds = findBounds(pins)
  const version = await findPythonVersion(
    project,
    manifests,
    answers,
    manager.outside ? manager.title : undefined,
    bounds,
  )
  facts.set('runtimeVersion', version.fact)
  warnings.push(...version.warnings)
  if (others.length > 0) facts.set('alsoFound', fact(others, source.source, 'likely'))

  const django = row.interface === 'django' ? readDjango(project) : null
  if (django)
    setSettings(
      project,
      django.files.map(({ path }) => path),
    )
  const variables = [...scanVariables(project, pythonReader)]
  const workers = findWorkers(project, has)
  const stated = statedStart(project, manifests, answers, row.kind, warnings)
  const first = findLaunch({ project, manifests, answers, row, app, django, workers, stated, has, warnings })
  const launch =
    first && withUnlisted(project, first, row, { production, imported, source: source.source }, warnings)
  const entry = launch?.app?.file ?? launch?.script ?? undefined
  const reach = reachFrom(project, entry, django)
  const isOwn = (path: string) => belongs(path, entry, reach)
  const isRead = (path: string) => reach()?.has(path) ?? isOwn(path)
  if (dependencies.undecided.size > 0) {
    const needed = neededGroups(project, manifests, dependencies, row, isRead)
    if (needed.names.length > 0) return inspect(project, answers, [...taken, ...needed.names])
    warnings.push(...needed.warnings)
  }
  const common = { facts, warnings, dependencies: versions(dependencies, django, has), variables }
  if (!launch)
    return {
      ...common,
      notAnApp: notAnApp(manifests, row),
      model: () => {
        throw new CliError('This is no app.', { code: EXIT.usage })
      },
    }

  if (launch.app)
    facts.set(
      'module',
      fact(
        `${launch.app.module}:${launch.app.attribute}`,
        `${launch.app.file}:${launch.app.line}`,
        launch.fact.confidence === 'guess' ? 'guess' : 'likely',
      ),
    )
  // Nothing in a Django app starts its server: what does so is another program.
  const listening = findListening(
    project,
    row,
    entry,
    django ? (path) => path === entry : isOwn,
    facts.value('module'),
  )
  if (row.kind === 'server') {
    const started = launch.port ? fact(launch.port, launch.fact.source) : launch.config?.port
    const port = findPort(answers, row, started, listening, warnings)
    if (answers.start === undefined) warnings.push(...configWarnings(launch.config, launch.argv(port.value)))
    facts.set('port', port)
    const health = chosen(answers, 'healthPath', () =>
      row.healthPath
        ? fact(row.healthPath, `default for ${row.title}`, 'default')
        : findHealthPath(project, isOwn),
    )
    facts.set('healthPath', health ?? fact('/', 'no health route in the code', 'guess'))
    if (!health) warnings.push(NO_HEALTH_ROUTE)
    facts.set('start', fact(shellLine(launch.argv(port.value)), launch.fact.source, launch.fact.confidence))
    const { host } = listening
    if (
      !launch.server &&
      host &&
      /^(?:127\.|localhost$|::1$)/.test(host.value) &&
      row.interface === 'script'
    ) {
      const [file = '', line] = host.source.split(':')
      warnings.push({
        rule: 'PD024',
        message: `${host.source} listens on ${host.value} only: nothing outside of the container would reach it. Use 0.0.0.0.`,
        file,
        line: Number(line),
      })
    }
  } else facts.set('start', launch.fact)

  const old = python2Import(project, isOwn)
  if (old)
    warnings.push({
      rule: 'PD022',
      message: `${old.file}:${old.line} imports ${old.name}, which only Python 2 has: the app does not start on Python ${version.fact.value}, and no image of Python 2 gets security fixes. Port the code first.`,
      file: old.file,
      line: old.line,
    })
  const signal = findStopSignal(project, row, launch)
  facts.set('signals', signal)
  const build = chosen(answers, 'build', () =>
    django?.staticRoot
      ? fact(
          shellLine(['python', django.manage, 'collectstatic', '--noinput']),
          django.staticRoot.source,
          'likely',
        )
      : undefined,
  )
  facts.set('build', build)
  if (django) warnings.push(...djangoWarnings(django, has))
  const writes = writesBesideCode({ project, reach, django, variables, has })
  warnings.push(...writes.warnings)
  warnings.push(...catalogWarnings(project, django, has))
  if (row.interface === 'django' && !django)
    warnings.push({ rule: 'PD092', message: 'Django is a dependency, and no manage.py was found.' })

  warnings.push(...missingModules(project, isOwn))
  const own = pythonOwnConfigs(project)
  warnings.push(...own.map(({ warning }) => warning))

  const geo = filesWith(project, ['django.contrib.gis'])[0]
  const programs = findPrograms(project)
  const native = withRun(
    withGeoDjango(
      findNative(
        production,
        indexUrls(manifests, manager.id),
        locked.keys(),
        bounds.flatMap(({ title, wheels, lines }) =>
          wheels && !lines.includes(version.fact.value) ? (title.split(' ')[0] as string) : [],
        ),
      ),
      geo?.path,
    ),
    programs?.names ?? [],
    programs?.packages ?? [],
    programs?.source,
  )
  facts.set('nativePackages', native ? fact(native.packages, native.source) : undefined)
  const fetched = [...production.values()].filter(({ url }) => url)
  const from = fetched[0]?.source.split(/[#:]/)[0] ?? ''
  warnings.push(
    ...sshWarnings(
      fetched.map(({ name, url = '' }) => [name, url]),
      from,
    ),
  )
  for (const note of native?.notes ?? []) warnings.push({ rule: 'PD080', message: note })
  const step = findMigration(project, {
    django,
    app: launch.app,
    framework: row.id,
    pyproject: manifests.pyproject,
    dependencies,
    has,
  })
  if (step?.lacks)
    warnings.push({
      rule: 'PD021',
      message: oneLine(
        `${step.title} is set up, and ${step.lacks}/ has no migrations${gitIgnores(project, `${step.lacks}/any`) ? ': Git ignores it' : ''}. No step for them is written, as it would fail. Commit them, and run this again.`,
      ),
      file: step.source.split('#')[0] as string,
    })
  const wanted = step?.lacks ? null : step
  // In a container of its own it would make a file that the app never sees.
  const { database } = writes
  const beside = django
    ? fileDatabase(django, has)?.path
    : database?.env || hasDriver(has)
      ? undefined
      : database?.file
  const isApart = wanted !== null && beside !== undefined
  if (isApart)
    warnings.push(
      noStepOfItsOwn(
        /migrat/i.test(wanted.title) ? wanted.title : `${wanted.title} migrations`,
        beside,
        '. In development the app migrates as it starts',
      ),
    )
  const migration = wanted && !isApart && has(wanted.package) ? wanted : null
  facts.set('migrations', migration ? fact(migration.tool, migration.source) : undefined)
  if (wanted && !isApart && !migration)
    warnings.push({
      rule: 'PD021',
      message: `The migrations need ${wanted.package}, which is not among the production dependencies: no step for them is written. Add it there, and run this again.`,
      file: wanted.source.split(/[#:]/)[0] as string,
    })
  const indexes = findIndexes(manifests, manager.id)
  warnings.push(...indexes.warnings)
  setBuildSecrets(facts, indexes)
  const test = findTest(dependencies, django, project)
  facts.set('test', test ? fact(shellLine(test.command), test.source) : undefined)
  facts.set('base', baseOf(answers, warnings))
  for (const worker of workers) addVariable(variables, worker)
  setVariables(facts, variables)
  if (production.size === 0 && imported.size > 0 && manager.fact.source === 'default')
    warnings.push({
      rule: 'PD081',
      message: `The code imports ${[...imported].slice(0, 4).join(', ')}, and no file lists its dependencies: add a requirements.txt or a pyproject.toml.`,
    })
  if (project.truncated) warnings.push(READ_IN_PART)

  const setuptools = withSetuptools(project, dependencies, pins, isRead)
  if (setuptools) warnings.push(setuptools)
  const plan = planInstall({ project, manifests, manager, dependencies, secrets: indexes.secrets })
  if (plan.wholeSource)
    warnings.push({
      rule: 'PD004',
      message: `${plan.wholeSource}. Every edit installs the dependencies anew.`,
    })
  const installsProject =
    isPackage(manifests) &&
    plan.workspace === null &&
    (launch.installsProject || readsOwnMetadata(project, manifests))
  const built = installsProject ? ownBuild(manifests) : undefined
  if (built)
    warnings.push({
      rule: 'PD057',
      message: `The project is installed, and its build runs code of its own (${built}): what that starts, the image may lack. Try docker build.`,
      file: built.split('#')[0] as string,
    })
  const outside =
    version.outside && outsideWarning(project, manager, version.fact.value, version.outside, installsProject)
  if (outside) warnings.push(outside)
  const processes = processesOf(project, row, workers, stated?.source, warnings)
  return {
    ...common,
    model: (choices) =>
      pythonModel(
        {
          project,
          manifests,
          manager,
          dependencies,
          row,
          launch,
          django,
          facts,
          warnings,
          variables,
          listening,
          writes,
          kept: keptOut(own),
          native,
          migration,
          migratesAtStart: isApart && has(wanted.package) ? wanted.command : null,
          processes,
          test,
          secrets: indexes.secrets,
          plan,
          installsProject,
          addsSetuptools: setuptools !== undefined,
          answers,
          has,
        },
        choices,
      ),
  }
}

/** What another package always brings says nothing of what is used: a full list has it as well. */
const BROUGHT: Readonly<Record<string, string>> = { amqp: 'kombu' }

/** What services are looked for by. Settings with a file for a database have no use for a driver. */
function versions(
  { production }: Dependencies,
  django: Django | null,
  has: (name: string) => boolean,
): Map<string, string> {
  const isFile = django !== null && fileDatabase(django, has) !== undefined
  return new Map(
    [...production]
      .filter(
        ([name]) =>
          !has(BROUGHT[name] ?? '') &&
          !(isFile && DRIVERS.some((driver) => `${name}-`.startsWith(`${driver}-`))),
      )
      .map(([name, requirement]) => [name, requirement.specifier || '*']),
  )
}

function baseOf(answers: Answers, warnings: Warning[]): Fact<string> {
  if (answers.base === 'distroless') {
    warnings.push({
      rule: 'PD013',
      message:
        "--base distroless does not fit: its Python is Debian's, at another path than the venv's. The slim image is used.",
    })
  }
  return fact('slim', 'a venv needs the interpreter that it was made with', 'default')
}

function addVariable(variables: Variable[], { variable, id }: Worker): void {
  if (!variable || variables.some(({ name }) => name === variable)) return
  variables.push({
    name: variable,
    kind: 'url',
    required: true,
    secret: false,
    public: false,
    sources: [`${id} worker`],
  })
}
