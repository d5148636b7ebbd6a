import { afterAll, describe, expect, it } from 'vitest'
import { python } from '../../src/languages/python/index.ts'
import { removeTemporaryFolders } from '../support/fixtures.ts'
import { projectOf } from '../support/project.ts'

afterAll(removeTemporaryFolders)

describe('what the test target runs', () => {
  const found = async (...paths: string[]) => {
    const { facts } = await python.inspect(
      projectOf({
        'main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n',
        'requirements.txt': 'fastapi==1\nuvicorn==1\n',
        'requirements-dev.txt': 'pytest==8.3.2\n',
        ...Object.fromEntries(paths.map((path) => [path, ''])),
      }),
      {},
    )
    return facts.value('test')
  }
  it.each(['tests/test_a.py', 'app/a_test.py', 'shop/tests.py', 'test/unit/cart.py'])(
    'is pytest where there is a test: %s',
    async (path) => expect(await found(path)).toBe('python -m pytest'),
  )
  it('is nothing where there is none: pytest would fail', async () => {
    expect(await found()).toBeUndefined()
    expect(
      await found('tests/__init__.py', 'tests/conftest.py', 'app/latest.py', 'app/testing.py'),
    ).toBeUndefined()
  })
})
