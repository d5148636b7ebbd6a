import { change, type Edit, insert } from './tree.ts'

const FROM_IMAGE_RE = /^(FROM (?:--\S+ )*)([^\s:@]+:)([^\s@]+)(?= |$)/gm
const isDirective = (line: string) => /^# ?(syntax|check|escape|hadolint)\b/.test(line)
const isComment = (line: string) => /^\s*#/.test(line) && !isDirective(line)

export const DOCKERFILE_EDITS: readonly Edit[] = [
  change('dockerfile', 'tag-bump', 'Renovate moves the tag of every base image', (text, tree) => {
    const minor = tree.number()
    return text.replace(
      FROM_IMAGE_RE,
      (_all, from, name, tag: string) =>
        `${from}${name}${tag.replace(/^[\d.]+|(?<=nodejs)\d+/, (major) => `${major}.${minor}`)}`,
    )
  }),
  change('dockerfile', 'digest-pin', 'Renovate pins base images by digest', (text, tree) => {
    const digest = tree.hex(64)
    return text.replace(FROM_IMAGE_RE, (all) => `${all}@sha256:${digest}`)
  }),
  change('dockerfile', 'apt-package', 'One more package in the apt-get chain', (text, tree) => {
    const word = tree.word()
    return text.replace(/(?<=--no-install-recommends [^\n]*)$/m, ` ${word}`)
  }),
  change('dockerfile', 'apt-own', 'An apt-get chain of their own in the last stage', (text, tree) =>
    insert(
      text,
      'before',
      /^# Files belong to root|^COPY .*--from=/,
      `RUN apt-get update \\\n && apt-get install -y ${tree.word()} \\\n && rm -rf /var/lib/apt/lists/*`,
      'last',
    ),
  ),
  change('dockerfile', 'stage-middle', 'A stage of their own between two', (text, tree) =>
    insert(
      text,
      'before',
      /^FROM \S+ AS (build|release|runtime)$/,
      `FROM base AS lint\nCOPY . .\nRUN ./lint --${tree.word()}\n`,
    ),
  ),
  change(
    'dockerfile',
    'stage-end',
    'A stage of their own at the end',
    (text, tree) =>
      `${text}\nFROM runtime AS debug\nRUN apt-get update && apt-get install -y ${tree.word()}\n`,
  ),
  change('dockerfile', 'stage-renamed', 'A stage has another name everywhere', (text, tree) => {
    const name = tree.word()
    return text.replace(/(?<=^FROM |--from=| AS )deps\b/gm, name)
  }),
  change('dockerfile', 'arg-added', 'A build argument, and a variable from it', (text, tree) => {
    const name = tree.word().toUpperCase()
    tree.marks[tree.marks.length - 1] = name
    return insert(
      text,
      'before',
      /^(EXPOSE|CMD|ENTRYPOINT)/,
      `ARG ${name}=unknown\nENV ${name}=\${${name}}`,
      'last',
    )
  }),
  change('dockerfile', 'env-line', 'A variable on a line of its own', (text, tree) =>
    insert(text, 'after', /^WORKDIR/, `ENV TZ=${tree.word()}`, 'last'),
  ),
  change('dockerfile', 'env-block', 'A variable more in the block of variables', (text, tree) =>
    text.replace(
      /^(ENV NODE_ENV=production|ENV PYTHONUNBUFFERED=1) \\$/m,
      (all) => `${all}\n    FEATURE=${tree.word()} \\`,
    ),
  ),
  change('dockerfile', 'label-added', 'Labels before the user', (text, tree) =>
    insert(
      text,
      'before',
      /^(# A number|USER|EXPOSE)/,
      `LABEL org.opencontainers.image.vendor="${tree.word()}" \\\n      org.opencontainers.image.licenses=MIT`,
      'last',
    ),
  ),
  change('dockerfile', 'user-changed', 'Another user', (text, tree) =>
    text.replace(/^USER 65532:65532/m, () => `USER ${tree.number()}:0`),
  ),
  change('dockerfile', 'cmd-own', 'Another command', (text, tree) =>
    text.replace(/^CMD \[.*\](?![\s\S]*^CMD)/m, () => `CMD ["node", "${tree.word()}.js"]`),
  ),
  change('dockerfile', 'health-options', 'Other times of the health check', (text, tree) =>
    text.replace(/^HEALTHCHECK --interval=30s/m, () => `HEALTHCHECK --interval=${tree.number()}s`),
  ),
  change('dockerfile', 'health-none', 'No health check', (text) =>
    text.replace(/^HEALTHCHECK .*\\\n.*\n/m, ''),
  ),
  {
    id: 'port',
    title: 'Another port in the Dockerfile and in compose',
    edit(tree) {
      const port = tree.number()
      tree.change('dockerfile', (text) =>
        text.replace(/^EXPOSE \d+/gm, `EXPOSE ${port}`).replace(/(?<=\bPORT=)\d+/g, String(port)),
      )
      tree.change('compose', (text) =>
        text.replace(/(?<=:)\d+(?="\]$)/m, String(port)).replace(/(?<=PORT: ")\d+/, String(port)),
      )
    },
  },
  change('dockerfile', 'install-flags', 'Other flags of the installation', (text, tree) =>
    text.replace(
      /^( {4}(?:npm ci|npm install|yarn install|pnpm install|bun install|uv sync|pip install|poetry install|pdm \w+))/gm,
      (all) => `${all} --${tree.word()}`,
    ),
  ),
  change('dockerfile', 'heredoc', 'A RUN with a heredoc', (text, tree) =>
    insert(
      text,
      'after',
      /^COPY .*\. \.\/?$/,
      `RUN <<EOF\nset -e\n# not a comment of the file\necho ${tree.word()} > .version\nEOF`,
      'last',
    ),
  ),
  change('dockerfile', 'comment-removed', 'One comment gone', (text) => {
    const lines = text.split('\n')
    const at = lines.findIndex((line, index) => index > 4 && isComment(line))
    return lines.filter((_, index) => index !== at).join('\n')
  }),
  change('dockerfile', 'comments-removed', 'All comments gone', (text) =>
    text
      .split('\n')
      .filter((line) => !isComment(line))
      .join('\n'),
  ),
  change('dockerfile', 'comments-rewritten', 'All comments in their own words', (text, tree) =>
    text
      .split('\n')
      .map((line) => (isComment(line) ? `# ${tree.word()}: as we say it` : line))
      .join('\n'),
  ),
  change('dockerfile', 'cache-id', 'Another cache for packages', (text, tree) => {
    const id = tree.word()
    return text.replace(/(?<=--mount=type=cache,id=)[\w-]+/g, id)
  }),
  change('dockerfile', 'workdir', 'Another working directory', (text, tree) => {
    const name = tree.word()
    return text.replace(/\/app(?=[\s/,]|$)/gm, `/srv/${name}`)
  }),
  change('dockerfile', 'lines-joined', 'Continued lines joined', (text) => text.replace(/ \\\n +/g, ' ')),
  change('dockerfile', 'expose-moved', 'EXPOSE at another place', (text) => {
    const port = /^EXPOSE \d+\n(?![\s\S]*^EXPOSE)/m.exec(text)?.[0]
    if (!port || !/^(# A number|USER)/m.test(text)) return text
    return insert(
      text.replace(/^EXPOSE \d+\n(?![\s\S]*^EXPOSE)/m, ''),
      'before',
      /^(# A number|USER)/,
      port.trimEnd(),
      'last',
    )
  }),
  change('dockerfile', 'tabs', 'Tabs before continued lines', (text) =>
    text.replace(/^ {4}(?=--|npm|yarn|pnpm|uv)/gm, '\t'),
  ),
  change(
    'dockerfile',
    'hand-written',
    'A file of their own in its place',
    (_text, tree) =>
      `FROM debian:13\nRUN apt-get update && apt-get install -y ${tree.word()}\nCOPY . /srv\nCMD ["/srv/${tree.word()}"]\n`,
  ),
]
