import { listed, type Row, type Seen, type Values } from './row.ts'

/** The variables and files that the project itself names for its private registry. */
function secrets({ context: { app }, lines }: Seen): string | null {
  const known = (app.buildSecrets ?? []).flatMap(({ env, file }) => env ?? file ?? [])
  if (known.length === 0) return null
  const one = known.length === 1
  return `Set ${listed(known)} (${one ? 'it is' : 'they are'} passed to the build as ${one ? 'a secret' : 'secrets'}), then run again.${
    lines.some((line) => /\b403\b|E403/.test(line)) ? ' The token must be allowed to read it.' : ''
  }`
}

const npmToken = (found: Values, seen: Seen): Values => {
  const scoped = /@[a-z0-9._~-]+(?=\/|%2f)/i.exec(
    seen.lines.findLast(
      (line) => /@[\w.~-]+(?:\/|%2f)[\w.~-]+/i.test(line) && /40[134]|E40|YN00|Unauth|Forbid/.test(line),
    ) ?? '',
  )?.[0]
  const scope = found['scope'] || scoped
  return {
    what: scope ? ` for the packages of ${scope}` : '',
    fix:
      secrets(seen) ??
      `Put the registry and "//<registry>/:_authToken=\${NPM_TOKEN}" into .npmrc${scope ? ` ("${scope}:registry=https://<registry>/")` : ''}, and run create-prod-docker again: the token reaches the build as a secret.`,
  }
}

const indexToken = (found: Values, seen: Seen): Values => ({
  host: found['host'] || 'The package index',
  fix:
    secrets(seen) ??
    'Put the index with a variable for its password where the project names its packages (pip: "--index-url https://${PIP_USER}:${PIP_TOKEN}@<index>/simple" in requirements.txt), and run create-prod-docker again: it reaches the build as a secret.',
})

const NO_ANSWER =
  /Retrying \(Retry|NewConnectionError|NameResolutionError|SSLError|CERTIFICATE_VERIFY_FAILED|Max retries exceeded/

/** A registry that wants a login, has no such package, or can't be reached. */
export const REGISTRY_ROWS: readonly Row[] = [
  {
    id: 'google-fonts',
    phases: ['build'],
    line: /Failed to fetch [`'"]?(?<font>[\w ]+?)[`'"]? from Google Fonts/,
    title: 'The build fetches the font {font} from Google, and does not reach it',
    fix: 'Let the build reach fonts.googleapis.com, or keep the font in the project with next/font/local.',
  },
  {
    id: 'secret-not-passed',
    phases: ['build', 'compose'],
    line: /secret (?<secret>[\w.-]+): not found|(?:failed to stat|stat) (?<file>\S+): no such file.*secret/,
    values: ({ secret }, { context: { app } }) => {
      const { env, file } = (app.buildSecrets ?? []).find(({ id }) => id === secret) ?? {}
      const source = file ? `src=${file}` : `env=${env ?? secret?.toUpperCase().replace(/\W/g, '_')}`
      return { source }
    },
    title: 'The build needs the secret {secret}, and it was not passed',
    fix: 'Set the variable and pass it: docker build --secret id={secret},{source} .',
  },
  {
    id: 'npm-login',
    phases: ['build'],
    line: /npm (?:error|ERR!) code E401|npm (?:error|ERR!) 401 Unauthorized|ERR_PNPM_FETCH_401|error .*Request failed "401 |YN0041|Invalid authentication \(as an|error: .* - 401\b/,
    values: npmToken,
    title: 'The npm registry wants a login{what}',
    fix: '{fix}',
  },
  {
    id: 'npm-forbidden',
    phases: ['build'],
    line: /npm (?:error|ERR!) code E403|ERR_PNPM_FETCH_403|error .*Request failed "403 |error: .* - 403\b/,
    values: npmToken,
    title: 'The npm registry refuses: the token may not read this package',
    fix: '{fix}',
  },
  {
    id: 'npm-private',
    phases: ['build'],
    line: /(?:^npm (?:error|ERR!) 404[^']*'|ERR_PNPM_FETCH_404[^@]*\/|^error [^@]*\/|^error: GET [^@]*\/)(?<scope>@[\w.~-]+)(?:\/|%2[fF])(?<name>[\w.~-]+)(?:@[^']*'|'|: Not [Ff]ound| - 404|".*404)/,
    values: npmToken,
    title: '{scope}/{name} is not in the registry that was asked: it is private, or of another registry',
    fix: '{fix}',
  },
  {
    id: 'npm-not-found',
    phases: ['build'],
    line: /npm (?:error|ERR!) 404 .*'(?<name>[^'@\s][^'\s]*)'(?: is not in this registry)?|ERR_PNPM_FETCH_404.*\/(?<pnpm>[\w.~-]+): Not Found|npm (?:error|ERR!) notarget No matching version found for (?<version>\S+?)\.?$|ERR_PNPM_NO_MATCHING_VERSION.* (?<range>\S+@\S+)/,
    values: ({ name, pnpm, version, range }) => ({
      missing: name || pnpm || version || range || 'A package',
    }),
    title: '{missing} is not in the registry',
    fix: 'Mend its name or version in package.json, install, and commit the lockfile. A version of the last minutes may not have reached a mirror yet.',
  },
  {
    id: 'index-login',
    phases: ['build'],
    line: /401 (?:Client )?(?:Error|Unauthorized)|ERROR: HTTP error 401|User for [\w.:-]+:|status code 401|\(401 Unauthorized\)|error: .*HTTP status client error \(401/,
    also: /\bpip\b|\buv\b|simple\/|index|Collecting|poetry|pdm/i,
    values: indexToken,
    title: 'The package index wants a login',
    fix: '{fix}',
  },
  {
    id: 'index-forbidden',
    phases: ['build'],
    line: /403 (?:Client )?(?:Error|Forbidden)|ERROR: HTTP error 403|status code 403|\(403 Forbidden\)|HTTP status client error \(403/,
    also: /\bpip\b|\buv\b|simple\/|Collecting|poetry|pdm/i,
    values: indexToken,
    title: 'The package index refuses: the login may not read this package',
    fix: '{fix}',
  },
  {
    id: 'index-package-missing',
    phases: ['build'],
    line: /Could not find a version that satisfies the requirement (?<name>\S+) \(from versions: none\)/,
    // An index that can't be reached, and one whose every version is for another Python, look the same at the end.
    values: (found, seen) =>
      seen.lines.some((line) => NO_ANSWER.test(line) || line.includes('require a different python version'))
        ? null
        : indexToken(found, seen),
    title: 'The package index that was asked has no {name}: it is in another one, or behind a login',
    fix: '{fix}',
  },
  {
    id: 'tls',
    line: /SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF|CERT_HAS_EXPIRED|self[- ]signed certificate|CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLError|invalid peer certificate|x509: certificate|server certificate verification failed/,
    values: (_, { context }) => ({
      env:
        context.app.language === 'node'
          ? 'NODE_EXTRA_CA_CERTS=/company-ca.crt'
          : 'PIP_CERT=/company-ca.crt SSL_CERT_FILE=/company-ca.crt',
    }),
    title:
      'The certificate of a server is not trusted: a company’s proxy or registry signs with an authority of its own',
    fix: 'Trust it in the stages that install: COPY company-ca.crt /company-ca.crt and ENV {env}, before the step that failed.',
  },
  {
    id: 'network',
    phases: ['build'],
    line: /(?:npm (?:error|ERR!) (?:code|errno|network).*|error .*|request to \S+ failed.*|RequestError.*|reason: .*|ERR_PNPM_META_FETCH_FAIL.*)\b(?:EAI_AGAIN|ENOTFOUND|ECONNRESET|ETIMEDOUT|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b|Temporary failure in name resolution|Name or service not known|Temporary failure resolving|^W: Failed to fetch .* Could not connect|Could not resolve (?:host|'[\w.-]+')|Max retries exceeded|ReadTimeoutError|ConnectTimeoutError|NewConnectionError|dns error|failed to lookup address|error sending request|operation timed out|Network is unreachable|i\/o timeout|ConnectionRefused downloading/,
    title: 'A server could not be reached from the build',
    fix: 'Try again. If it stays: check the engine’s network and DNS ("docker run --rm debian:trixie-slim getent hosts example.com"), and behind a proxy pass --build-arg HTTPS_PROXY=http://<proxy>.',
  },
  {
    id: 'apt-package',
    phases: ['build'],
    line: /E: (?:Unable to locate package (?<name>\S+)|Package '(?<gone>[^']+)' has no installation candidate|Couldn't find any package by .*'(?<pattern>[^']+)')|E: Version '[^']*' for '(?<pinned>[^']+)' was not found/,
    values: (found, { lines }) =>
      // Without its lists apt knows no package at all: then the network is why.
      lines.some((line) => /Temporary failure resolving|Could not connect|Failed to fetch/.test(line))
        ? null
        : { missing: Object.values(found).find((text) => text !== '') ?? '' },
    title: 'Debian 13 has no package {missing}',
    fix: 'Look its name up: docker run --rm debian:trixie-slim sh -c "apt-get update && apt-cache search {missing}", and write no version beside it: Debian deletes the superseded ones.',
  },
]
