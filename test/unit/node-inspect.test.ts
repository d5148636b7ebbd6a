import { afterAll, describe, expect, it } from 'vitest'
import { node } from '../../src/languages/node/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

const SERVER = { 'server.js': "require('express')().listen(3000)\n" }
const express = (more: object) => ({ name: 'app', dependencies: { express: '^5' }, ...more })
const inspect = (files: Record<string, string | object>) => node.inspect(projectOf(files), {})
const dockerfile = async (files: Record<string, string | object>) =>
  (await inspect(files)).model({ services: [], answers: {} }).dockerfile.data

describe('scripts that an install runs', () => {
  it.each<[string, boolean]>([
    ['husky', false],
    ['husky install || true', false],
    ['is-ci || husky', false],
    [
      "node -e \"if(process.env.NODE_ENV!=='production'){require('child_process').execSync('husky')}\"",
      false,
    ],
    ['husky && node scripts/build.js', true],
    ['node scripts/make.js', true],
  ])('%s needs the whole source: %s', async (prepare, whole) => {
    const files = { ...SERVER, 'package.json': express({ scripts: { prepare, start: 'node server.js' } }) }
    expect((await dockerfile(files))['wholeSource']).toBe(whole)
  })
})
