import type { Variable } from '../model.ts'

/**
 * The variables that a check at start can judge: those that code on the server reads. Public ones are in the bundle by then, as are those of the build,
 * a name that only a sample knows is nobody's need, and `X_FILE` of a secret is the other form of X.
 */
export function checked(variables: readonly Variable[]): Variable[] {
  const secrets = new Set(
    variables.filter((variable) => variable.secret).map((variable) => `${variable.name}_FILE`),
  )
  const read = variables.filter(
    (variable) =>
      !variable.public &&
      !variable.build &&
      !secrets.has(variable.name) &&
      variable.sources.some(
        // What a library may read is the library's to judge.
        (source) => !isSample(source) && (variable.required || !source.startsWith('package.json#')),
      ),
  )
  // Optional text can be neither missing nor wrong: a check of nothing else would never say anything.
  return read.some(({ required, secret, kind }) => required || secret || kind !== 'string') ? read : []
}

/** Whether a place where a variable was seen is a sample for people. */
export const isSample = (source: string): boolean =>
  /(?:^|\/)(?:\.env[.-]|env[.-](?:example|sample)|\.?(?:example|sample)\.env)/.test(source)

/** The first of the names that is free: a file of the project is never overwritten. */
export function freePath(
  directory: string,
  names: readonly [string, ...string[]],
  extension: string,
  isTaken: (base: string) => boolean,
): string {
  const folder = directory === '' || directory === '.' ? '' : `${directory.replace(/\/+$/, '')}/`
  for (let count = 1; ; count++) {
    for (const name of names) {
      const base = `${folder}${name}${count === 1 ? '' : count}`
      if (!isTaken(base)) return `${base}.${extension}`
    }
  }
}
