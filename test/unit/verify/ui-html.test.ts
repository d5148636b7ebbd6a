import { describe, expect, it } from 'vitest'
import { htmlText } from '../../../src/escape.ts'
import { htmlReport } from '../../../src/ui/verify/html.ts'
import { CSS } from '../../../src/ui/verify/html-style.ts'
import { BOOT_FAILED, BUILD_FAILED, HOSTILE, PROVEN } from '../../support/verify-documents.ts'

const date = new Date('2026-11-21T15:43:00Z')
const SAMPLES = { PROVEN, BUILD_FAILED, BOOT_FAILED, HOSTILE }
const VOID = new Set(['meta', 'br', '!doctype'])
const TAG_RE = /<(\/?)([!a-z][a-z0-9]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/gi

/** Names of the elements, in order; throws where one is not closed, or a `<` is none of a tag. */
function elements(html: string): string[] {
  const open: string[] = []
  const names: string[] = []
  const rest = html
    .replace(/(<style>)[^<]*/, '$1')
    .replace(TAG_RE, (_tag, end: string, name: string, _more, self: string) => {
      if (end) expect(open.pop(), `</${name}>`).toBe(name)
      else {
        names.push(name)
        if (!self && !VOID.has(name)) open.push(name)
      }
      return ''
    })
  expect(open).toEqual([])
  expect(rest).not.toMatch(/[<>]/)
  return names
}

describe('the HTML report', () => {
  it.each(Object.entries(SAMPLES))(
    '%s is whole: every tag closed, nothing from elsewhere, no script',
    (_name, document) => {
      const html = htmlReport(document, { date })
      const names = elements(html)
      for (const name of [
        'script',
        'img',
        'link',
        'iframe',
        'object',
        'a',
        'form',
        'base',
        'foreignObject',
      ]) {
        expect(names).not.toContain(name)
      }
      // Text may name an address; a tag or the style may not.
      for (const [tag] of html.matchAll(TAG_RE)) {
        const attributes = [...tag.matchAll(/\s([\w:-]+)="/g)].map(([, name]) => name)
        for (const name of attributes) expect(name).not.toMatch(/^(?:href|src|srcset|action|style|on\w+)$/)
        expect(tag).not.toContain('//')
      }
      expect(CSS).not.toMatch(/@import|url\(|\/\/|</)
      expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
      expect(html).toContain('<html lang="en">')
      expect(html).toContain('name="viewport"')
      expect(names.filter((name) => name === 'h1')).toHaveLength(1)
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
      expect(new Set(ids).size).toBe(ids.length)
      for (const [, wanted = ''] of html.matchAll(/aria-labelledby="([^"]*)"/g))
        for (const id of wanted.split(' ')) expect(ids).toContain(id)
      for (const [svg] of html.matchAll(/<svg role="img".*?<\/svg>/gs)) expect(svg).toContain('<title')
    },
  )

  it('shows hostile text as text', () => {
    const html = htmlReport(HOSTILE, { date })
    expect(html).toContain('&#60;script&#62;alert(1)&#60;/script&#62;')
    expect(html).not.toMatch(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
    expect(html).toContain('שלום')
    expect(htmlText('<a href="x" onclick=\'y\'>&`\u202e\u0000\ud800')).toBe(
      '&#60;a href=&#34;x&#34; onclick=&#39;y&#39;&#62;&#38;&#96;\ufffd\ufffd',
    )
  })

  it('calls nothing proven that was not', () => {
    const skipped = {
      ...PROVEN,
      steps: [...PROVEN.steps.slice(1), { ...PROVEN.steps[0], status: 'skipped' }],
    } as typeof PROVEN
    expect(htmlReport(PROVEN)).toContain('✓ Proven')
    expect(htmlReport(skipped)).toContain('○ Nothing failed, 1 of 15 steps not proven')
    expect(htmlReport(skipped)).not.toContain('✓ Proven')
    expect(htmlReport(BUILD_FAILED)).toContain('✗ 1 of 15 steps failed')
  })

  it('has the figures of the steps, and leaves out those of steps that did not pass', () => {
    expect(htmlReport(PROVEN)).toContain('<line')
    expect(htmlReport(PROVEN)).toContain('<dt>Start to healthy</dt><dd>4.3 s</dd>')
    expect(htmlReport(PROVEN)).toContain('<dd>2.4 s <small>1 layer, 61.3 kB to push</small></dd>')
    expect(htmlReport(BOOT_FAILED)).not.toContain('Start to healthy')
    expect(htmlReport({ ...PROVEN, image: {} })).not.toContain('<h2 id="image">')
    expect(htmlReport({ ...PROVEN, image: { ...PROVEN.image, floor: null } })).not.toContain('<line')
  })

  it('is the same for the same document, and reads like this', async () => {
    expect(htmlReport(BOOT_FAILED, { date })).toBe(htmlReport(structuredClone(BOOT_FAILED), { date }))
    await expect(htmlReport(PROVEN, { date })).toMatchFileSnapshot('../../expected/verify/proven.html')
    await expect(htmlReport(BUILD_FAILED, { date })).toMatchFileSnapshot(
      '../../expected/verify/build-failed.html',
    )
  })

  it.each(['light', 'dark'])('has the contrast of WCAG AA in %s', (theme) => {
    const [light = '', dark = ''] = [...CSS.matchAll(/:root\{(?:color-scheme:[^;]*;)?([^}]*)\}/g)].map(
      ([, text]) => text,
    )
    const colours = Object.fromEntries(
      (theme === 'light' ? light : dark).split(';').map((pair) => pair.slice(2).split(':')),
    )
    for (const text of ['fg', 'soft', 'pass', 'fail', 'skipped'])
      for (const ground of ['bg', 'card']) {
        expect(contrast(colours[text], colours[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
      }
    for (const bar of ['base', 'system', 'dependencies', 'app', 'pass', 'fail'])
      expect(contrast(colours[bar], colours['bg']), bar).toBeGreaterThanOrEqual(3)
  })
})

function contrast(one = '', other = ''): number {
  const light = (hex: string) => {
    const full =
      hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : (hex.slice(1).match(/../g) ?? [])
    const [r = 0, g = 0, b = 0] = full
      .map((pair) => Number.parseInt(pair, 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [low = 0, high = 0] = [light(one), light(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}
