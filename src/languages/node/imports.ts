/** The file that a name was imported from, among the project's own; undefined for packages. */
export function importedFile(
  code: string,
  name: string,
  from: string,
  files: readonly string[],
): string | undefined {
  const plain = name.split('.')[0] as string
  const match =
    new RegExp(`import\\s+(?:[\\w*\\s{},]*\\b)?${plain}\\b[\\w\\s{},]*\\s+from\\s+['"]([^'"]+)['"]`).exec(
      code,
    ) ??
    new RegExp(
      `(?:const|let|var)\\s+(?:\\{[^}]*\\b${plain}\\b[^}]*\\}|${plain})\\s*=\\s*require\\(\\s*['"]([^'"]+)['"]`,
    ).exec(code)
  return match?.[1] === undefined ? undefined : resolveSpecifier(match[1], from, files)
}

/** `./health.js` seen from `src/app.ts`: `src/health.ts`. `@/x` and `~/x` are taken from src, as most set them. */
export function resolveSpecifier(
  specifier: string,
  from: string,
  files: readonly string[],
): string | undefined {
  if (!/^[.@~]/.test(specifier)) return undefined
  const parts = specifier.startsWith('.')
    ? [...from.split('/').slice(0, -1), ...specifier.split('/')]
    : ['src', ...specifier.split('/').slice(1)]
  const path: string[] = []
  for (const part of parts) {
    if (part === '..') path.pop()
    else if (part !== '.' && part !== '') path.push(part)
  }
  const stem = path.join('/').replace(/\.[cm]?[jt]sx?$/, '')
  return files.find((file) => file.replace(/(\/index)?\.[cm]?[jt]sx?$/, '') === stem)
}
