/** Clients that fail, or find nothing in a container, where what they are made with is not there: in lower case, a package or the last name of a call. */
const CLIENTS = new Set(
  `stripe twilio openai anthropic groq resend postmark serverclient telegraf webclient algoliasearch setapikey cert lob
   mongoclient connect createclient createpool createconnection pool client postgres neon drizzle sequelize datasource
   redis ioredis prismapg forroot session expresssession cookiesession jwt expressjwt login`.split(/\s+/),
)
/** Of the options, those that they can't do without: most others have defaults. */
const OPTIONS = new Set(
  `secret secretorkey keys apikey token accesstoken authtoken clientid clientsecret consumerkey consumersecret
   host url uri connectionstring user username password database`.split(/\s+/),
)
const OPTION_RE = /([\w$]+)['"]?\s*:\s*(?:\[[^\]]*)?$/
const CALLEE_RE = /(?:require\(\s*['"]([^'"]+)['"]\s*\)|([\w$]+))\s*(?:<[^<>()]*>)?\s*$/
const SEARCHED = 1_500

const isClient = (callee: string) => {
  const name = callee.toLowerCase()
  return CLIENTS.has(name) || name.endsWith('strategy')
}

/** Whether the value at `start` goes to such a client, in its arguments or an object among them, as soon as the module is loaded. */
export function isClientArgument(code: string, start: number): boolean {
  let found = false
  let depth = 0
  const option = OPTION_RE.exec(code.slice(Math.max(0, start - 60), start))?.[1]
  if (option && !OPTIONS.has(option.toLowerCase())) return false
  for (let at = start - 1; at >= 0; at--) {
    if (!found && start - at > SEARCHED) return false
    const char = code[at] as string
    if (char === '"' || char === "'" || char === '`') {
      const open = code.lastIndexOf(char, at - 1)
      if (open < 0 || (char !== '`' && code.slice(open, at).includes('\n'))) continue
      at = open
    } else if (char === ')' || char === ']' || char === '}') depth++
    else if (depth > 0) {
      if (char === '(' || char === '[' || char === '{') depth--
    } else if (char === '>' && code[at - 1] === '=') return false
    else if (char === '(' && !found) {
      const [, pack, name] = CALLEE_RE.exec(code.slice(Math.max(0, at - 80), at)) ?? []
      const callee = pack ?? name ?? ''
      // Redis has a password or none.
      found = isClient(callee) && !(option === 'password' && /redis|createclient/i.test(callee))
    } else if (
      char === '{' &&
      ((!option && !found) || !/[(,:=[?&|]\s*$/.test(code.slice(Math.max(0, at - 20), at)))
    )
      return false // a value that is made of it; a function, a class, a condition
  }
  return found
}
