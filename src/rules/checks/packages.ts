import { each, ofDockerfile, script } from './instructions.ts'
import type { Checks, Problem } from './types.ts'

export const PACKAGE_CHECKS: Checks = {
  PD005: ofDockerfile((file) =>
    [...each(file, 'RUN')].flatMap(({ instruction }) =>
      instruction.flags
        .filter(
          ({ name, value }) =>
            name === 'mount' && /(?:^|,)type=cache(?:,|$)/.test(value) && !/(?:^|,)id=/.test(value),
        )
        .map(() => ({ message: 'A cache mount has no id.', line: instruction.line })),
    ),
  ),
  PD006: ofDockerfile((file, _last, text) => {
    if (!/package-lock\.json|npm-shrinkwrap|yarn\.lock|pnpm-lock|bun\.lock|uv\.lock/.test(text)) return []
    const loose: [RegExp, RegExp][] = [
      [/\bnpm (?:install|i)(?=\s*(?:$|&&|;|\n|--))(?!.*(?:-g|--global)\b)/, /^$/],
      [/\bpnpm (?:install|i)\b/, /--frozen-lockfile|--offline/],
      [/\byarn install\b/, /--frozen-lockfile|--immutable|--pure-lockfile/],
      [/\bbun install\b/, /--frozen-lockfile/],
      [/\buv sync\b/, /--locked|--frozen/],
    ]
    return [...each(file, 'RUN')].flatMap(({ instruction }) =>
      loose
        .filter(([install, strict]) => install.test(script(instruction)) && !strict.test(script(instruction)))
        .map(() => ({
          message: 'This install may change versions: there is a lockfile to be held to.',
          line: instruction.line,
        })),
    )
  }),
  PD014: ofDockerfile((file) =>
    [...each(file, 'RUN')].flatMap(({ instruction }) => {
      const text = script(instruction)
      const npm =
        /\bnpm (?:install|i|add)\b[^&;]*?(?:-g|--global)\b/.test(text) &&
        /(?:^|\s)(?:pnpm|yarn|npm|bun|corepack|@yarnpkg\/cli-dist|@pnpm\/exe)(?=\s|$)(?!\s+(?:install|i|add|ci)\b)/.test(
          text.replace(/\bnpm (?:install|i|add)\b/g, ''),
        )
      const pip = /\bpip3? install\b[^&;]*(?:\s|["'])(?:uv|poetry|pdm|pipenv)(?=\s|["']|$)/.test(text)
      return npm || pip
        ? [{ message: 'A package manager is installed without a version.', line: instruction.line }]
        : []
    }),
  ),
  PD016: ofDockerfile((file) =>
    [...each(file, 'RUN')].flatMap(({ instruction }): Problem[] => {
      const text = script(instruction)
      const install = /\bapt-get\b[^&;|]*\binstall\b([^&;|]*)/.exec(text)
      if (!install) return []
      const hasCache = instruction.flags.some(
        ({ name, value }) => name === 'mount' && value.includes('/var/lib/apt'),
      )
      const { line } = instruction
      return [
        ...(/--no-install-recommends/.test(text)
          ? []
          : [{ message: 'apt-get install without --no-install-recommends.', line }]),
        ...(hasCache || /rm -rf \/var\/lib\/apt\/lists/.test(text)
          ? []
          : [{ message: 'The package lists stay in the layer.', line }]),
        ...(/\s[a-z][\w.+-]*=\d/.test(install[1] as string)
          ? [{ message: 'A Debian package is pinned to a version that will be deleted.', line }]
          : []),
      ]
    }),
  ),
}
