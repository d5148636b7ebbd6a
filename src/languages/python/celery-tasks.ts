import type { Project } from '../../project.ts'
import { type AppRef, filesWith, importRoot, isModule, isOf, moduleOf, sourceFile } from './code.ts'

/** Modules with tasks that the app is not told of and does not import: a worker would not know these tasks. */
export function looseTasks(project: Project, app: AppRef): string[] {
  const own = sourceFile(project, app.file)
  if (
    /\b(?:include|imports)['"]?[ \t]*[=:]/.test(own?.code ?? '') ||
    filesWith(project, ['autodiscover_tasks', 'CELERY_IMPORTS', 'CELERY_INCLUDE']).length > 0
  )
    return []
  const loaded = loadedBy(project, app)
  return filesWith(project, ['shared_task', '.task'])
    .filter((file) => {
      const [, name = ''] = /^@([A-Za-z_]\w*)(?:\.(?:shared_)?task)?\b/m.exec(file.code) ?? []
      const what = file.imports.get(name) ?? ''
      return (
        !loaded.has(file.path) &&
        (isOf(what, 'celery.shared_task') || what.split('.').at(-1) === app.attribute) &&
        importRoot(project, file.path) === app.root
      )
    })
    .map((file) => moduleOf(file.path, app.root))
    .filter(isModule)
    .sort()
}

/** The files that are read when the app's module is imported. */
function loadedBy(project: Project, app: AppRef): Set<string> {
  const loaded = new Set([app.file])
  const open = (module: string) => {
    for (const root of new Set([app.root, '']))
      for (const end of ['.py', '/__init__.py']) {
        const path = `${root && `${root}/`}${module.replaceAll('.', '/')}${end}`
        if (project.has(path)) loaded.add(path)
      }
  }
  const parents = (name: string) =>
    name.split('.').forEach((_, index, parts) => {
      open(parts.slice(0, index + 1).join('.'))
    })
  parents(app.module)
  // A set that grows while it is walked: each file once.
  for (const path of loaded)
    for (const name of sourceFile(project, path)?.imports.values() ?? []) parents(name)
  return loaded
}
