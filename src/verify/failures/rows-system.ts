import { debianPackage, nativeNeeds } from './packages.ts'
import { aptLine, listed, type Row, type Seen, unique, type Values, whereToInstall } from './row.ts'

/** How package managers name the dependency that they could not build. */
const BUILT_RES: readonly RegExp[] = [
  /^(?:npm error|npm ERR!) path .*\/node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/,
  /node_modules\/((?:@[^/\s]+\/)?[^/\s]+)(?: (?:pre|post)?install: .*Failed|: Command failed)/,
  /Failed to build (?:installable wheels for )?[`'"]?([A-Za-z][\w.-]*)(?:==[^`'"]*)?[`'"]?(?: when| *$|@)/,
  /Failed building wheel for ([A-Za-z][\w.-]*)/,
  /Failed to build `([A-Za-z][\w.-]*)(?:==[^`]*)?`/,
]

function builtPackages(lines: readonly string[]): string[] {
  return unique(
    lines.flatMap((line) => BUILT_RES.flatMap((pattern) => pattern.exec(line)?.[1]?.toLowerCase() ?? [])),
  )
}

/** What Debian has for it; where the dependency itself is known, all that it needs. */
function install(packages: readonly string[], seen: Seen, kind: 'build' | 'run' = 'build'): Values {
  const built = builtPackages(seen.lines)
  const all = unique([...packages, ...nativeNeeds(kind, built)])
  return {
    packages: listed(all),
    built: built[0] ?? 'A dependency',
    slim: seen.context.app.language === 'node' ? 'slim' : '',
    apt: `${whereToInstall(seen)}: ${aptLine(all)}`,
    search: `docker run --rm debian:trixie-slim sh -c 'apt-get update && apt-get install -y apt-file && apt-file update && apt-file search`,
  }
}

const known =
  (kind: 'development' | 'program' | 'library', needs: 'build' | 'run' = 'build') =>
  (found: Values, seen: Seen): Values | null => {
    const name = debianPackage(kind, found['file'] ?? '')
    return name ? install([name], seen, needs) : null
  }
const always =
  (...packages: string[]) =>
  (_: Values, seen: Seen) =>
    install(packages, seen)

/** A library at run time: distroless, which a Node.js app may have, has no package manager. */
const SLIM = ['--base', '{slim}'] as const
const MISSING_LIBRARY = 'The image lacks {file}'
const INSTALL = '{apt}'
const HEADER = '{built} is compiled, and {file} isn’t there'

/** A compiler, a header or a library of Debian that the image lacks. */
export const SYSTEM_ROWS: readonly Row[] = [
  {
    id: 'musl-binary',
    line: /libc\.musl-[\w]+\.so|\bld-musl-[\w]+\.so/,
    title: 'A native module was made for Alpine (musl), and the image is Debian (glibc)',
    fix: 'Keep node_modules and .venv out of the image: both belong into .dockerignore. Where the lockfile was written on Alpine, write it anew on Debian, macOS or Windows.',
  },
  {
    id: 'glibc-binary',
    line: /(?:Error loading shared library ld-linux[\w.-]+|Error relocating .*: __\w+_chk: symbol not found)/,
    title: 'A native module was made for Debian (glibc), and the image is Alpine (musl)',
    fix: 'Take a Debian image: npx create-prod-docker writes one; or install the dependencies in a stage of the same image.',
  },
  {
    id: 'glibc-version',
    line: /version [`'](?<version>GLIBC_[\d.]+|GLIBCXX_[\d.]+)' not found/,
    title: 'A binary wants {version}, which is newer than the image’s',
    fix: 'Build and run on the same Debian: let every FROM end in -trixie or -trixie-slim.',
  },
  {
    id: 'node-abi',
    line: /NODE_MODULE_VERSION (?<had>\d+)\b|was compiled against a different Node\.js version/,
    title: 'A native module was compiled for another Node.js than the image has',
    fix: 'Install the dependencies in a stage of the same Node.js: add node_modules to .dockerignore, and give every FROM the same version.',
  },
  {
    id: 'sharp-platform',
    line: /Could not load the "sharp" module using the (?<platform>[\w-]+) runtime/,
    title: 'sharp has no binary for {platform}: it was installed for another platform',
    fix: 'Add node_modules to .dockerignore. Where the lockfile lacks it: npm install --include=optional sharp, and commit the lockfile.',
  },
  {
    id: 'optional-platform-package',
    line: /Cannot find (?:module|package) '?(?<module>(?:@rollup\/rollup|@esbuild|lightningcss|@tailwindcss\/oxide|@swc\/core|@next\/swc|@napi-rs\/[\w-]+|@biomejs\/cli|@oxc-[\w-]+\/binding|@rolldown\/binding)[\w/-]*-?linux-[\w-]+)'?/,
    title: 'The lockfile lacks {module}, the binary for Linux',
    fix: 'Delete node_modules and the lockfile, install once more, and commit the lockfile: it was written on another system, and left the other platforms out.',
  },
  {
    id: 'gyp-python',
    line: /gyp ERR! find Python|Could not find any Python installation to use|gyp: .*[Pp]ython.* not found/,
    values: always('python3', 'make', 'g++'),
    title: '{built} is compiled, and the stage has no compiler',
    fix: INSTALL,
  },
  {
    id: 'gyp-make',
    line: /gyp ERR! stack Error: not found: make/,
    values: always('python3', 'make', 'g++'),
    title: '{built} is compiled, and the stage has no make',
    fix: INSTALL,
  },
  {
    id: 'gyp-distutils',
    line: /No module named 'distutils'/,
    values: (_, seen) =>
      seen.lines.some((line) => /\bgyp\b/.test(line))
        ? install(['g++', 'make', 'python3', 'python3-setuptools'], seen)
        : null,
    title: '{built} is compiled by an old node-gyp, which needs distutils of Python',
    fix: INSTALL,
  },
  {
    id: 'rust-missing',
    line: /can't find Rust compiler|Cargo, the Rust package manager, is not installed|Rust toolchain (?:not found|is not installed)|Unable to find (?:cargo|rustc)|(?:cargo|rustc): (?:not found|command not found)/i,
    values: always('cargo', 'gcc', 'libc6-dev'),
    title: '{built} has no wheel for this Python, and compiling it takes Rust',
    fix: 'Take a version of it that has a wheel for this Python. To compile it: {apt}',
  },
  {
    id: 'compiler-missing',
    line: /(?:command|execut(?:e|ing)) '(?<file>(?:[\w]+-linux-gnu-)?(?:gcc|g\+\+|cc|c\+\+))'?(?: failed)?: (?:No such file|.*not found)|(?:^|[\s:])(?<other>gcc|g\+\+|cc|c\+\+|make): (?:command )?not found|make(?:\[\d+\])?: (?<made>gcc|g\+\+|cc|c\+\+): No such file|(?<meson>Unknown compiler\(s\))|linker `(?<linker>cc)` not found|(?<cmake>No CMAKE_C(?:XX)?_COMPILER could be found)/,
    values: (_, seen) => {
      const node = seen.lines.some((line) => /\bgyp\b/.test(line))
      const values = install(node ? ['python3', 'make', 'g++'] : ['gcc', 'libc6-dev'], seen)
      const cxx = seen.lines.some((line) => /(?:g|c)\+\+['`]?(?: failed)?: |-linux-gnu-g\+\+/.test(line))
      return cxx && !node ? install(['g++', 'libc6-dev'], seen) : values
    },
    title: '{built} is compiled, and the stage has no compiler',
    fix: INSTALL,
  },
  {
    id: 'mysql-client',
    line: /Can not find valid pkg-config name|mysql_config(?:: |.*)not found|mysql_config not found/,
    values: always('default-libmysqlclient-dev', 'pkg-config', 'gcc', 'libc6-dev'),
    title: 'mysqlclient is compiled, and the MySQL client library isn’t there',
    fix: INSTALL,
  },
  {
    id: 'config-program',
    line: /\b(?<file>pg_config|mariadb_config|xml2-config|xslt-config|curl-config|gdal-config|geos-config|krb5-config)\b.*(?:not found|No such file|not be found)/i,
    values: known('development'),
    title: '{built} is compiled, and {file} isn’t there',
    fix: INSTALL,
  },
  {
    id: 'libxml2',
    line: /make sure the libxml2 and libxslt development packages are installed/,
    values: always('libxml2-dev', 'libxslt1-dev', 'gcc', 'libc6-dev'),
    title: 'lxml is compiled, and libxml2 isn’t there',
    fix: 'Take a version of lxml that has a wheel for this Python. To compile it: {apt}',
  },
  {
    id: 'older-than-runtime',
    line: /fatal error: '?longintrepr\.h|error: .*[‘'`](?:_?Py[A-Z]\w*|CFrame|struct _(?:ts|is|err_stackitem))[’'`]|error: .*\bv8::/,
    values: (_, { lines, context }) => {
      const [built = 'A dependency'] = builtPackages(lines)
      const runtime = context.app.language === 'node' ? 'Node.js' : 'Python'
      return { built, runtime }
    },
    title: '{built} is older than this {runtime}, and does not compile on it',
    fix: 'Raise it to a version that knows this {runtime}, write the lockfile anew, and commit it.',
  },
  {
    id: 'python-headers',
    line: /fatal error: (?<file>Python\.h): No such file/,
    values: always('python3-dev'),
    title: '{built} is compiled, and Python’s headers aren’t there',
    fix: 'Take the base from the official python image, which has them. On plain Debian: {apt}',
  },
  {
    id: 'header-missing',
    line: /fatal error: '?(?<file>[\w./+-]+\.h(?:pp|h|xx)?)'?(?:: No such file| file not found)/,
    values: known('development'),
    title: HEADER,
    fix: INSTALL,
  },
  {
    id: 'header-unknown',
    line: /fatal error: '?(?<file>[\w./+-]+\.h(?:pp|h|xx)?)'?(?:: No such file| file not found)/,
    values: (_, seen) => install([], seen),
    title: HEADER,
    fix: "Find Debian’s package of it, and install that: {search} -x /{file}$'",
  },
  {
    id: 'pkg-config-missing',
    line: /pkg-config: (?:command )?not found|Did not find pkg-config|pkg-config (?:executable|binary) .*not (?:be )?found|The pkg-config command could not be (?:run|found)/i,
    values: always('pkg-config'),
    title: '{built} is compiled, and pkg-config isn’t there',
    fix: INSTALL,
  },
  {
    id: 'library-development',
    line: /(?:Package '?|No package '|Dependency "|Dependency lookup for |Could NOT find )(?<file>[\w.+-]+?)'?"?(?:,? required by .*)?(?:,? (?:was |were )?not found|' found| \(missing| with method 'pkgconfig' failed)/,
    values: known('development'),
    title: HEADER,
    fix: INSTALL,
  },
  {
    id: 'library-missing',
    line: /(?<file>lib[\w.+-]+?\.so(?:\.[\dt.]+[a-z]?)?): cannot open shared object file/,
    values: known('library', 'run'),
    title: MISSING_LIBRARY,
    fix: INSTALL,
    flag: SLIM,
  },
  {
    id: 'library-loader',
    line: /cannot load library '(?<file>lib[\w.+-]+)'|(?<pq>libpq) library not found|failed to find (?<magic>libmagic)|Unable to find (?<zbar>zbar) shared library|Could not find the (?<gdal>GDAL) library|(?<pa>PortAudio) library not found|(?<wand>MagickWand) shared library not found|no library called "(?<cairo>[\w.-]+)" was found/,
    values: (found, seen) => {
      const file = Object.values(found).find((text) => text !== '') ?? ''
      const name = debianPackage('library', file) ?? debianPackage('library', file.toLowerCase())
      return name ? { ...install([name], seen, 'run'), file } : null
    },
    title: MISSING_LIBRARY,
    fix: INSTALL,
    flag: SLIM,
  },
  {
    id: 'library-unknown',
    line: /(?<file>lib[\w.+-]+?\.so(?:\.[\dt.]+[a-z]?)?): cannot open shared object file/,
    values: (_, seen) => install([], seen),
    title: MISSING_LIBRARY,
    fix: "Find Debian’s package of it, and install that: {search} {file}'",
    flag: SLIM,
  },
  {
    id: 'git-missing',
    line: /Cannot find command 'git'|(?:syscall )?spawn git(?: ENOENT)?$|git(?::| executable) (?:command )?not found|Couldn't find the binary git|Git executable not found/i,
    values: always('git', 'ca-certificates'),
    title: 'A dependency comes from Git, and the stage has no Git',
    fix: INSTALL,
  },
  {
    id: 'program-missing',
    line: /spawn (?<file>[\w.+-]+) ENOENT|No such file or directory: '(?<python>[\w.+-]+)'|\/bin\/sh: \d+: (?<shell>[\w.+-]+): not found|^sh: \d+: (?<script>[\w.+-]+): not found|exec: "(?<exec>[\w.+-]+)": executable file not found/,
    values: (found, seen) => {
      const file = Object.values(found).find((text) => text !== '') ?? ''
      const name = debianPackage('program', file)
      return name ? { ...install([name], seen, 'run'), file } : null
    },
    title: 'The image lacks the program {file}',
    fix: INSTALL,
  },
]
