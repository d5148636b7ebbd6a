import type { Step } from '../types.ts'
import { count } from '../words.ts'

export const logs: Step = {
  id: 'logs',
  title: 'Logs',
  needs: ['boot'],
  async run(v) {
    const container = v.stack?.container as string
    const done = await v.engine.run(['logs', container], { signal: v.signal })
    const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')
    const [out, err] = [lines(done.stdout), lines(done.stderr)]
    const json = [...out, ...err].filter(isJson).length
    const data = { stdout: out.length, stderr: err.length, json }
    const all = out.length + err.length
    if (all === 0)
      return {
        status: 'skipped',
        evidence: 'The app printed nothing, so it is not proven where its logs go.',
        data,
      }
    return {
      status: 'pass',
      evidence: `${count(out.length, 'line')} on stdout, ${count(err.length, 'line')} on stderr${json > 0 ? `; ${json === all ? 'all' : json} are JSON` : ''}.`,
      data,
    }
  },
}

function isJson(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
