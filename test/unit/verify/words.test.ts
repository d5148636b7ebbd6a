import { describe, expect, it } from 'vitest'
import { workOf } from '../../../src/verify/build.ts'
import { fileToEdit, withOneLine } from '../../../src/verify/edited.ts'
import { bytesOf } from '../../../src/verify/steps/memory.ts'

describe('the work of a build', () => {
  it('is what ran, without what BuildKit does for itself', () => {
    const log = `#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s
#4 [base 1/2] FROM docker.io/library/node:24-trixie-slim
#4 DONE 0.0s
#5 [deps 1/1] RUN npm ci
#5 CACHED
#6 [build 2/3] COPY . .
#6 DONE 0.1s
#7 [build 3/3] RUN npm run build
#7 0.312 #8 CACHED, says the app
#7 DONE 2.4s
#9 exporting to image
#9 DONE 0.1s
`
    expect(workOf(log)).toEqual({
      ran: ['[build 2/3] COPY . .', '[build 3/3] RUN npm run build'],
      cached: ['[deps 1/1] RUN npm ci'],
    })
  })
})

describe('the edited line', () => {
  it.each([
    [
      ['package.json', 'src/index.ts', 'src/routes/users.ts', 'vite.config.ts', 'test/index.ts'],
      'src/index.ts',
    ],
    [['app/main.py', 'app/deep/in/here.py', 'tests/main.py'], 'app/main.py'],
    [['next.config.ts', 'app/page.tsx', 'app/layout.tsx', 'components/nav.tsx'], 'app/page.tsx'],
    [['index.html', 'src/App.vue', 'src/other.css'], 'src/App.vue'],
    [['index.html'], 'index.html'],
    [['readme.md', 'a.config.js'], null],
  ])('of %j is in %s', (files, file) => expect(fileToEdit(files)).toBe(file))

  it.each([
    ['a.ts', 'const a = 1', 'const a = 1\n;console.log("m")\n'],
    ['a.py', 'a = 1\n', 'a = 1\nprint("m")\n'],
    [
      'a.vue',
      '<script setup>\nlet a\n</script>\n<b/>',
      '<script setup>\nlet a\n;console.log("m")\n</script>\n<b/>',
    ],
    ['a.svelte', '<b/>', '<script>\n;console.log("m")\n</script>\n<b/>'],
    ['a.html', '<p>', '<p>\n<!-- m -->\n'],
  ])('%s', (path, text, edited) => expect(withOneLine(path, text, 'm')).toBe(edited))
})

it.each([
  ['12.5MiB / 512MiB', 13107200],
  ['1.5 GB', 1_500_000_000],
  ['0B / 0B', 0],
  ['--', null],
])('%s is %s bytes', (text, bytes) => expect(bytesOf(text)).toBe(bytes))
