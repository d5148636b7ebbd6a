import type { Requirement } from './requirement.ts'

/** A package that needs more than pip gives: Debian 13's packages to build it, and to run it. */
export interface NativeRow {
  packages: readonly string[]
  /** Any of these beside it brings its own libraries: then nothing is needed. */
  unless?: readonly string[]
  /** It starts programs when it is asked to: where another package brings it, nobody may ask. */
  program?: true
  build: readonly string[]
  run: readonly string[]
  /** For the comment: what the packages are for. */
  what: string
}

const C = ['gcc', 'libc6-dev'] as const
const CXX = ['g++', 'libc6-dev'] as const

/** Every name was looked up in Debian 13; the test asks for each of them again where there is an engine. */
export const NATIVE: readonly NativeRow[] = [
  { packages: ['psycopg2'], build: [...C, 'libpq-dev'], run: ['libpq5'], what: 'PostgreSQL client' },
  { packages: ['psycopg-c'], build: [...C, 'libpq-dev'], run: ['libpq5'], what: 'PostgreSQL client' },
  {
    packages: ['psycopg'],
    unless: ['psycopg-binary', 'psycopg-c'],
    build: [],
    run: ['libpq5'],
    what: 'PostgreSQL client',
  },
  {
    packages: ['mysqlclient'],
    build: [...C, 'pkg-config', 'default-libmysqlclient-dev'],
    run: ['libmariadb3'],
    what: 'MySQL client',
  },
  {
    packages: ['xmlsec', 'python3-saml'],
    build: [...C, 'pkg-config', 'libxml2-dev', 'libxmlsec1-dev'],
    run: ['libxml2', 'libxmlsec1t64-openssl'],
    what: 'XML signatures',
  },
  {
    packages: ['opencv-python', 'opencv-contrib-python'],
    unless: ['opencv-python-headless', 'opencv-contrib-python-headless'],
    build: [],
    run: ['libgl1', 'libglib2.0-0t64', 'libxcb1'],
    what: 'OpenCV with its windows',
  },
  {
    packages: ['weasyprint', 'django-weasyprint', 'flask-weasyprint'],
    build: [],
    run: ['libpango-1.0-0', 'libpangoft2-1.0-0', 'libharfbuzz-subset0', 'fonts-dejavu-core'],
    what: 'text layout and a font',
  },
  { packages: ['gdal'], build: [...CXX, 'libgdal-dev'], run: ['libgdal36'], what: 'GDAL' },
  {
    packages: ['djangorestframework-gis', 'django-leaflet', 'django-geojson'],
    build: [],
    run: ['libgdal36', 'libgeos-c1t64', 'libproj25'],
    what: 'GeoDjango',
  },
  { packages: ['python-magic'], build: [], run: ['libmagic1t64'], what: 'file types' },
  { packages: ['cairosvg', 'cairocffi'], build: [], run: ['libcairo2'], what: 'Cairo' },
  { packages: ['pycairo'], build: [...C, 'pkg-config', 'libcairo2-dev'], run: ['libcairo2'], what: 'Cairo' },
  {
    packages: ['rlpycairo', 'svglib'],
    build: [...C, 'pkg-config', 'libcairo2-dev'],
    run: ['libcairo2'],
    what: 'Cairo',
  },
  { packages: ['pyodbc', 'aioodbc', 'mssql-django'], build: [], run: ['unixodbc'], what: 'ODBC' },
  { packages: ['pdf2image'], program: true, build: [], run: ['poppler-utils'], what: 'PDF pages as images' },
  {
    packages: ['pydub', 'ffmpeg-python', 'moviepy', 'openai-whisper', 'yt-dlp'],
    program: true,
    build: [],
    run: ['ffmpeg'],
    what: 'audio and video',
  },
  {
    packages: ['pytesseract', 'tesserocr', 'ocrmypdf'],
    program: true,
    build: [],
    run: ['tesseract-ocr'],
    what: 'text recognition',
  },
  {
    packages: ['python-ldap', 'django-auth-ldap'],
    build: [...C, 'libldap-dev', 'libsasl2-dev'],
    run: ['libldap2', 'libsasl2-2'],
    what: 'LDAP',
  },
  { packages: ['uwsgi'], build: [...C], run: [], what: 'uWSGI' },
  {
    packages: ['gssapi', 'pykerberos', 'requests-kerberos'],
    build: [...C, 'libkrb5-dev'],
    run: ['libgssapi-krb5-2'],
    what: 'Kerberos',
  },
  {
    packages: ['pygraphviz'],
    build: [...C, 'libgraphviz-dev', 'pkg-config'],
    run: ['graphviz'],
    what: 'Graphviz',
  },
  {
    packages: ['graphviz', 'pydot', 'diagrams'],
    program: true,
    build: [],
    run: ['graphviz'],
    what: 'Graphviz',
  },
  { packages: ['wand'], build: [], run: ['libmagickwand-7.q16-10'], what: 'ImageMagick' },
  { packages: ['pyvips'], unless: ['pyvips-binary'], build: [], run: ['libvips42t64'], what: 'libvips' },
  { packages: ['pyaudio'], build: [...C, 'portaudio19-dev'], run: ['libportaudio2'], what: 'sound' },
  { packages: ['sounddevice'], build: [], run: ['libportaudio2'], what: 'sound' },
  { packages: ['pyzbar'], build: [], run: ['libzbar0t64'], what: 'bar codes' },
  { packages: ['pyenchant'], build: [], run: ['libenchant-2-2'], what: 'spelling' },
  {
    packages: ['pylibmc'],
    build: [...C, 'libmemcached-dev', 'zlib1g-dev'],
    run: ['libmemcached11t64'],
    what: 'Memcached client',
  },
  {
    packages: ['systemd-python'],
    build: [...C, 'pkg-config', 'libsystemd-dev'],
    run: ['libsystemd0'],
    what: 'systemd',
  },
  { packages: ['plyvel'], build: [...CXX, 'libleveldb-dev'], run: ['libleveldb1d'], what: 'LevelDB' },
  { packages: ['lightgbm', 'xgboost'], build: [], run: ['libgomp1'], what: 'OpenMP' },
  {
    packages: ['pypandoc'],
    unless: ['pypandoc-binary'],
    program: true,
    build: [],
    run: ['pandoc'],
    what: 'Pandoc',
  },
  { packages: ['gitpython'], program: true, build: [], run: ['git'], what: 'Git' },
]

/** What pip compiles, where there is no wheel for this Python: all want a compiler, and these more. */
export const COMPILED: readonly NativeRow[] = [
  { packages: ['psycopg2-binary'], build: [...C, 'libpq-dev'], run: ['libpq5'], what: 'PostgreSQL client' },
  { packages: ['cffi'], build: [...C, 'libffi-dev'], run: [], what: 'foreign functions' },
  {
    packages: ['lxml'],
    build: [...C, 'libxml2-dev', 'libxslt1-dev'],
    run: ['libxml2', 'libxslt1.1'],
    what: 'XML',
  },
  {
    packages: ['pillow'],
    build: [...C, 'libjpeg62-turbo-dev', 'zlib1g-dev'],
    run: ['libjpeg62-turbo'],
    what: 'images',
  },
  { packages: ['greenlet', 'grpcio', 'numpy', 'pandas'], build: CXX, run: [], what: 'C++' },
]

export interface NativeNeeds {
  /** The project's packages that need something, as named in its manifests. */
  packages: string[]
  source: string
  build: string[]
  run: string[]
  /** What each list is for, for one comment. */
  whatBuild: string
  whatRun: string
  /** What packages alone can't mend. */
  notes: string[]
}

/**
 * What the production dependencies need from Debian; sorted, so that the order of a manifest does not change a layer.
 * `locked`: what the lock has for production, and others bring. `compiled`: what has no wheel for this Python.
 */
export function findNative(
  production: ReadonlyMap<string, Requirement>,
  indexes: readonly string[] = [],
  locked: Iterable<string> = [],
  compiled: readonly string[] = [],
): NativeNeeds | null {
  const all = new Set([...production.keys(), ...locked])
  const found = NATIVE.filter((row) => !row.unless?.some((name) => all.has(name)))
    .map((row) => ({
      row,
      names: row.packages.filter((name) => (row.program ? production : all).has(name)),
    }))
    .concat(
      [...COMPILED, { packages: compiled, build: C, run: [], what: 'C' }].map((row) => ({
        row,
        names: row.packages.filter((name) => compiled.includes(name)),
      })),
    )
    .filter(({ names }) => names.length > 0)
  const git = [...production.values()]
    .filter((requirement) => requirement.url?.startsWith('git+'))
    .map(({ name }) => name)
  const namesOf = (list: typeof found) => list.flatMap(({ names }) => names)
  const forBuild = found.filter(({ row }) => row.build.length > 0)
  const forRun = found.filter(({ row }) => row.run.length > 0)
  const build = new Set(forBuild.flatMap(({ row }) => row.build))
  const run = new Set(forRun.flatMap(({ row }) => row.run))
  if (git.length > 0) build.add('git')
  const notes = NOTES.filter(({ packages, unless }) =>
    packages.some((candidate) => {
      const direct = production.get(candidate)
      return direct && !unless?.test([direct.specifier, direct.url, ...indexes].join(' '))
    }),
  ).map(({ note }) => note)
  if (build.size + run.size + notes.length === 0) return null
  const names = [...new Set([...namesOf(found), ...git])]
  return {
    packages: names,
    source: names.map((name) => production.get(name)?.source).find(Boolean) ?? 'the manifests',
    build: [...build].sort(),
    run: [...run].sort(),
    whatBuild: [...new Set([...namesOf(forBuild), ...git])].join(', '),
    whatRun: [...new Set(namesOf(forRun))].join(', '),
    notes,
  }
}

interface Note {
  packages: readonly string[]
  /** Holds of its version, its address or an index, where all is well. */
  unless?: RegExp
  note: string
}

const NOTES: readonly Note[] = [
  {
    packages: ['torch'],
    unless: /\+cpu\b|\/whl\/cpu\b/,
    note: 'torch comes with gigabytes of CUDA from PyPI: where no GPU is used, take it from https://download.pytorch.org/whl/cpu.',
  },
  {
    packages: ['playwright', 'selenium', 'pyppeteer'],
    note: 'A browser is not in the image: point the app at one that runs in a container of its own.',
  },
  {
    packages: ['pyodbc', 'aioodbc', 'mssql-django'],
    note: "Microsoft's ODBC driver is in no repository of Debian: FreeTDS is in tdsodbc, or add Microsoft's.",
  },
]

/** What is loaded or started by name, whatever the dependencies are. */
export function withRun(
  needs: NativeNeeds | null,
  names: readonly string[],
  packages: readonly string[],
  source: string | undefined,
): NativeNeeds | null {
  if (source === undefined) return needs
  const before = needs ?? { packages: [], source, build: [], run: [], whatBuild: '', whatRun: '', notes: [] }
  return {
    ...before,
    packages: [...new Set([...before.packages, ...names])],
    run: [...new Set([...before.run, ...packages])].sort(),
    whatRun: [before.whatRun, ...names].filter(Boolean).join(', '),
  }
}

export const withGeoDjango = (needs: NativeNeeds | null, source: string | undefined): NativeNeeds | null =>
  withRun(needs, ['django.contrib.gis'], ['libgdal36', 'libgeos-c1t64', 'libproj25'], source)
