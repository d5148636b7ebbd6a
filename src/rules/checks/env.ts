import type { Checks } from './types.ts'

export const ENV_CHECKS: Checks = {
  // A check of samples only: code has no bare NAME=value lines.
  PD073: (text) =>
    text.split('\n').flatMap((line, index) => {
      const match = /^([A-Z][A-Z0-9_]*)=(\S.*)$/.exec(line)
      const looksReal =
        match &&
        /^(?:sk_live_|rk_live_|ghp_|github_pat_|glpat-|xox[abp]-|AKIA[0-9A-Z]{16}|AIza[\w-]{35}|-----BEGIN)/.test(
          (match[2] as string).replace(/^["']/, ''),
        )
      return looksReal ? [{ message: `${match[1]} looks like a real secret.`, line: index + 1 }] : []
    }),
}
