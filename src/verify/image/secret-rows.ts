/** A file that is a secret by its name, whatever is in it. */
export interface PathRow {
  kind: string
  path: RegExp
  except?: RegExp
  /** Names the folder instead of each file of it. */
  folder?: RegExp
}

export const PATH_ROWS: readonly PathRow[] = [
  {
    kind: 'environment file',
    path: /\/\.env(?:rc|\.[\w.-]+)?$/,
    except: /\.(?:example|sample|template|dist|defaults?|schema|d\.ts)$/,
  },
  { kind: 'git history', path: /\/\.git\//, folder: /^.*?\/\.git\// },
  { kind: 'private SSH key', path: /\/id_(?:rsa|dsa|ecdsa|ed25519)$/ },
  { kind: 'key store', path: /\.(?:p12|pfx|jks|keystore)$/ },
  { kind: 'AWS credentials', path: /\/\.aws\/(?:credentials|sso\/cache\/.+|cli\/cache\/.+)$/ },
  {
    kind: 'Google Cloud credentials',
    path: /\/(?:application_default_)?credentials\.db$|\/application_default_credentials\.json$/,
  },
  { kind: 'Azure credentials', path: /\/\.azure\/(?:accessTokens|msal_token_cache)\.\w+$/ },
  { kind: 'Kubernetes credentials', path: /\/\.kube\/config$|\/kubeconfig(?:\.ya?ml)?$/ },
  { kind: 'Terraform state', path: /\.tfstate(?:\.backup)?$/ },
  { kind: 'Git credentials', path: /\/\.git-credentials$/ },
  { kind: 'PostgreSQL passwords', path: /\/\.pgpass$/ },
  { kind: 'Vault token', path: /\/\.vault-token$/ },
]

/** What gives a secret away in a content. */
export interface ContentRow {
  kind: string
  content: RegExp
  /** Only in files of this name. */
  path?: RegExp
  /** Also meant for browsers: nothing to say where files are served or built for them. */
  isPublic?: true
  /** A second look at what was found. */
  sure?: (found: string) => boolean
}

const noExample = (found: string) => !/EXAMPLE|X{6}|0{8}|1234567|abcdef/i.test(found)

export const CONTENT_ROWS: readonly ContentRow[] = [
  {
    kind: 'private key',
    // Code that reads keys has their first line too: a body must follow.
    content: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|\s)+[\w+/=:,. \-\\\r\n]{64}/,
  },
  {
    kind: 'AWS access key',
    content: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/,
    sure: (found) => !found.endsWith('EXAMPLE'),
  },
  {
    kind: 'GitHub token',
    content: /\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{82}\b/,
    sure: noExample,
  },
  { kind: 'npm token', content: /\bnpm_[A-Za-z0-9]{36}\b/, sure: noExample },
  { kind: 'PyPI token', content: /\bpypi-AgEIcHlwaS5vcmc[\w-]{50,}/ },
  { kind: 'GitLab token', content: /\bglpat-[\w-]{20}\b/, sure: noExample },
  { kind: 'Slack token', content: /\bxox[abprs]-\d{10,13}-[\w-]{20,}/, sure: noExample },
  { kind: 'Stripe key', content: /\b[rs]k_live_[A-Za-z0-9]{20,}/, sure: noExample },
  { kind: 'SendGrid key', content: /\bSG\.[\w-]{22}\.[\w-]{43}\b/ },
  { kind: 'OpenAI or Anthropic key', content: /\bsk-(?:ant-api\d\d|proj)-[\w-]{40,}/, sure: noExample },
  { kind: 'Docker Hub token', content: /\bdckr_pat_[\w-]{27}\b/ },
  { kind: 'DigitalOcean token', content: /\bdop_v1_[a-f0-9]{64}\b/ },
  { kind: 'Google API key', content: /\bAIza[\w-]{35}\b/, isPublic: true, sure: noExample },
  {
    kind: 'Supabase service key',
    // Of all JSON web tokens, one that names this role is never meant for others.
    content: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,1000}\.[\w-]{10,}/,
    sure: (found) =>
      Buffer.from(found.split('.')[1] ?? '', 'base64url')
        .toString('latin1')
        .includes('"service_role"'),
  },
  {
    kind: 'registry token',
    path: /\/\.npmrc$|\/npmrc$/,
    content: /(?:_authToken|_password|_auth)\s*=\s*["']?(?!\$\{)[^\s"'$]{4,}/,
  },
  {
    kind: 'registry token',
    path: /\/\.yarnrc\.yml$/,
    content: /npmAuth(?:Token|Ident):\s*["']?(?!\$\{)[^\s"'$]{4,}/,
  },
  { kind: 'registry password', path: /\/\.pypirc$/, content: /^\s*password\s*[=:]\s*\S+/m },
  { kind: 'password', path: /\/[._]netrc$/, content: /\bpassword\s+\S+/ },
  {
    kind: 'registry password',
    path: /\/(?:pip\.conf|uv\.toml|auth\.toml|pyproject\.toml|requirements[\w.-]*\.txt)$/,
    content: /https?:\/\/[^\s/:@"'$]+:(?!\$)[^\s/:@"'$]{4,}@/,
  },
  {
    kind: 'registry login',
    path: /\/(?:\.docker|containers)\/(?:config|auth)\.json$|\/\.dockercfg$/,
    content: /"auth"\s*:\s*"[^"]{4,}"/,
  },
  { kind: 'service account', path: /\.json$/, content: /"private_key"\s*:\s*"-----BEGIN/ },
]

/** Names of variables that hold secrets: whole words, as BuildKit's own check has them, without those for everyone. */
export const SECRET_NAME_RE =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|(?:PRIVATE|ACCESS|SECRET|ENCRYPTION|SIGNING|MASTER)_?KEY)(?:$|_)/i
export const OPEN_NAME_RE =
  /(?:^|_)(?:PUBLIC|FILE|PATH|VERSION|VITE|URL|EXPIRES?|EXPIRY|TTL|NAME|ID|LENGTH|HEADER|ALGORITHM)(?:_|$)/i
