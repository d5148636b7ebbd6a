import type { Project } from '../../project.ts'
import { blankPython } from '../../source/python.ts'
import { parseRequirement, type Requirement } from './requirement.ts'

/** What setup.py and setup.cfg say, as far as text can be read without running it. */
export interface Setup {
  name?: string
  requirements: Requirement[]
  pythonRequires?: { value: string; source: string }
  scripts: [string, string][]
  file: 'setup.py' | 'setup.cfg'
  /** There is a setup.py that calls setup(), or a setup.cfg with more than settings of tools. */
  isSetup: boolean
  /** Build commands of its own; versioneer's only write a version. */
  commands?: true
}

export function readSetup(project: Project): Setup | null {
  const cfg = project.text('setup.cfg')
  const py = project.text('setup.py')
  const file = py === null ? 'setup.cfg' : 'setup.py'
  const setup: Setup = { requirements: [], scripts: [], file, isSetup: false }
  if (cfg !== null) readCfg(cfg, setup)
  if (py !== null) readPy(py, setup)
  return py !== null || setup.isSetup ? setup : null
}

/** Sections and keys with their lines; a value goes on over indented lines. */
function readCfg(text: string, setup: Setup): void {
  let section = ''
  let key = ''
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)[#;].*$/, '')
    if (line.trim() === '') continue
    const header = /^\[([^\]]+)\]/.exec(line)
    const entry = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line)
    let value = line.trim()
    if (header) {
      section = (header[1] as string).trim()
      key = ''
      continue
    }
    if (entry && !/^\s/.test(raw)) {
      key = (entry[1] as string).toLowerCase()
      value = (entry[2] as string).trim()
    }
    if (value === '') continue
    const source = `setup.cfg:${index + 1}`
    if (section === 'metadata' || section === 'options') setup.isSetup = true
    if (section === 'metadata' && key === 'name') setup.name = value
    if (section === 'options' && key === 'python_requires') setup.pythonRequires = { value, source }
    if (section === 'options' && key === 'install_requires') {
      const requirement = parseRequirement(value, source)
      if (requirement) setup.requirements.push(requirement)
    }
    if (section === 'options.entry_points' && key === 'console_scripts') addScript(value, setup)
  }
}

function readPy(text: string, setup: Setup): void {
  const code = blankPython(text)
  if (!/\bsetup\s*\(/.test(code)) return
  setup.isSetup = true
  if (/\bcmdclass\s*=(?!\s*versioneer\b)/.test(code)) setup.commands = true
  const name = /\bname\s*=\s*['"]([^'"\n]+)['"]/.exec(code)?.[1]
  if (name) setup.name ??= name
  const python = /\bpython_requires\s*=\s*['"]([^'"\n]+)['"]/.exec(code)?.[1]
  if (python) setup.pythonRequires ??= { value: python, source: 'setup.py#python_requires' }
  for (const entry of literals(/\binstall_requires\s*=\s*\[/, code)) {
    const requirement = parseRequirement(entry, 'setup.py#install_requires')
    if (requirement) setup.requirements.push(requirement)
  }
  for (const entry of literals(/['"]console_scripts['"]\s*:\s*\[/, code)) addScript(entry, setup)
}

/** The string literals of a list that starts where the pattern ends. */
function literals(open: RegExp, code: string): string[] {
  const match = open.exec(code)
  if (!match) return []
  const from = match.index + match[0].length
  const list = code.slice(from, from + 10_000)
  const found: string[] = []
  for (const part of list.matchAll(/'([^'\n]*)'|"([^"\n]*)"|(\])/g)) {
    if (part[3]) break
    found.push(part[1] ?? part[2] ?? '')
  }
  return found
}

function addScript(entry: string, setup: Setup): void {
  const match = /^\s*([\w.-]+)\s*=\s*([\w.]+:[\w.]+)/.exec(entry)
  if (match) setup.scripts.push([match[1] as string, match[2] as string])
}
