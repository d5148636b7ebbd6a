import { mermaidText } from '../escape.ts'
import type { AppModel } from '../model.ts'
import type { ServiceUse } from '../services/types.ts'

/** Mermaid text: the stages of the image, and the system as it runs in development. Ids are ours, only labels come from the project. */
export function diagrams({ app, services }: { app: AppModel; services: readonly ServiceUse[] }): {
  stagesDiagram: string
  systemDiagram: string
} {
  return { stagesDiagram: stagesDiagram(app), systemDiagram: systemDiagram(app, services) }
}

function stagesDiagram({ stages }: AppModel): string {
  const ids = new Map(stages.map(({ name }, index) => [name, `s${index}`]))
  const nodes = stages.map(
    ({ name, what }) => `  ${ids.get(name)}["${mermaidText(name)}<br/>${mermaidText(what)}"]`,
  )
  const arrows = stages.flatMap(({ name, from }) =>
    from.filter((source) => ids.has(source)).map((source) => `  ${ids.get(source)} --> ${ids.get(name)}`),
  )
  return ['flowchart LR', ...nodes, ...arrows].join('\n')
}

function systemDiagram(app: AppModel, services: readonly ServiceUse[]): string {
  const port = app.development.port ?? app.port
  const lines = ['flowchart LR', `  app["${mermaidText(app.name)}<br/>${mermaidText(app.frameworkTitle)}"]`]
  if (port !== null) lines.push('  you(["you"])', `  you -- "127.0.0.1:${port}" --> app`)
  const nodes = app.processes.map(({ name }, index) => ({ id: `p${index}`, name }))
  for (const { id, name } of nodes) lines.push(`  ${id}["${mermaidText(name)}"]`)
  for (const [index, { title }] of services.entries()) {
    lines.push(
      `  b${index}[("${mermaidText(title)}")]`,
      `  app --> b${index}`,
      ...nodes.map(({ id }) => `  ${id} --> b${index}`),
    )
  }
  if (app.migration) {
    lines.push('  migrate["migrate, once"]')
    for (const [index, { kind }] of services.entries())
      if (kind === 'database') lines.push(`  migrate --> b${index}`)
    lines.push('  migrate -. "before" .-> app')
  }
  return lines.join('\n')
}
