import type { Argv } from '../../model.ts'

export interface Probe {
  port: number
  /** The variable that moves the port, where the app reads one. */
  variable: string | undefined
  path: string
  /** From this status on the app is not well. */
  fails: number
}

/**
 * A request by Python itself, on 127.0.0.1, without curl. http.client follows no redirect: an app that sends everything to
 * https answers this one, too.
 */
export function pythonProbe({ port, variable, path, fails }: Probe): Argv {
  const where = variable ? `int(os.environ.get(${quote(variable)}, ${port}))` : String(port)
  const modules = variable ? 'http.client, os, sys' : 'http.client, sys'
  return [
    'python',
    '-c',
    `import ${modules}; c = http.client.HTTPConnection('127.0.0.1', ${where}, timeout=3); c.request('GET', ${quote(path)}); sys.exit(c.getresponse().status >= ${fails})`,
  ]
}

/** A Python string literal: ASCII on one line, whatever is in it. */
function quote(text: string): string {
  const escaped = [...text.replace(/[\\']/g, '\\$&')].map((char) =>
    /[ -~]/.test(char) ? char : unicodeEscape(char),
  )
  return `'${escaped.join('')}'`
}

function unicodeEscape(char: string): string {
  return `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`
}
