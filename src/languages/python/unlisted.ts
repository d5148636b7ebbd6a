import type { Answers } from '../../answers.ts'
import type { Warning } from '../../facts.ts'
import type { Project } from '../../project.ts'
import type { Dependencies } from './dependencies.ts'
import { findFramework, importedPackages } from './find-framework.ts'
import type { FrameworkRow } from './frameworks.ts'
import type { Launch } from './launch-types.ts'
import { readSpace } from './runs.ts'

/** What the manifests list goes before what is only imported: that counts where the code starts it as well. */
export function findListed(
  project: Project,
  dependencies: Dependencies,
  imported: Set<string>,
  answers: Answers,
): ReturnType<typeof findFramework> {
  const { production, development } = dependencies
  const has = (name: string) => production.has(name) || imported.has(name)
  const listed = findFramework(project, dependencies, has, answers)
  if (listed.row.id !== 'script' || production.size === 0 || answers.framework !== undefined) return listed
  const more = importedPackages(project)
  const found = findFramework(
    project,
    dependencies,
    (name) => more.has(name) && !development.has(name),
    answers,
    true,
  )
  // Only beside the manifest: deeper down it may be a part that not everyone installs.
  if (found.row.kind !== 'server' || found.source.source.includes('/')) return listed
  for (const name of found.row.packages) if (more.has(name)) imported.add(name)
  return found
}

/** A package that the code needs and no manifest lists: a platform brings it, and says so in the README. */
export function withUnlisted(
  project: Project,
  launch: Launch,
  row: FrameworkRow,
  {
    production,
    imported,
    source,
  }: Pick<Dependencies, 'production'> & { imported: Set<string>; source: string },
  warnings: Warning[],
): Launch {
  const name = row.packages.find((candidate) => imported.has(candidate) && !production.has(candidate))
  if (!name) return launch
  const space = readSpace(project)
  const adds = space?.sdk === name && space.version ? `${name}==${space.version}` : null
  // Where there is no manifest at all, that is said of everything.
  if (adds || production.size > 0)
    warnings.push({
      rule: 'PD081',
      message: adds
        ? `${name} is in no file of dependencies: the image adds ${adds}, as README.md says. Add it there, and the step goes.`
        : `The code imports ${name} (${source}), and no file of dependencies lists it: the image lacks it. Add it there.`,
    })
  return { ...launch, adds: launch.adds ?? adds }
}
