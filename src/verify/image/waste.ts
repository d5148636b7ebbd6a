import type { Placed } from './filesystem.ts'

/** What of an image nobody needs at run time, by where it lies. Only what stands above the base is asked about. */
export interface Waste {
  id: 'cache' | 'manager' | 'compiler' | 'test' | 'map' | 'log' | 'history'
  /** "package manager", for people; with a number before it. */
  title: string
  /** Whether a single file of it fails the contents; the rest counts as bytes alone. */
  isWrong: boolean
  /** Whose files it can be: the app's alone, whose paths then begin at its folder, or anyone's. */
  of: 'app' | 'any'
  path: RegExp
  /** …but not these. */
  except?: RegExp
}

/** Folders whose files are sent to browsers as they are: a source map there is served on purpose. */
export const SERVED_RE =
  /\/(?:public|static|staticfiles|client|browser|assets|_next|_app|_nuxt|html|www|htdocs)\/|^\/srv\//

/** Programs of package managers; their libraries lie in the folders below. */
const MANAGERS =
  'npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|uv|uvx|pip[\\d.]*|pipx|poetry|pdm|pipenv|hatch|conda|mamba|apk|apt|apt-get|aptitude|dnf|yum|microdnf|composer|bundle|gem'
const COMPILERS =
  '(?:[\\w.]+-linux-(?:gnu|musl)[\\w]*-)?(?:gcc|g\\+\\+|cpp|c\\+\\+|cc|ld|as|clang|clang\\+\\+)(?:[.-][\\w.]+)?|c[89]9|make|gmake|cmake|ninja|meson|cargo|rustc|rustup|go|gofmt|javac|swiftc|node-gyp'

export const WASTE: readonly Waste[] = [
  {
    id: 'manager',
    title: 'package manager',
    isWrong: true,
    of: 'any',
    path: new RegExp(
      // A package's own command line is the package's.
      `(?<!/node_modules/.*)/s?bin/(?:${MANAGERS})$|^(?:/usr|/usr/local|/opt/[^/]+|/root/\\.[^/]+)?/lib/node_modules/(?:npm|pnpm|yarn|corepack)/|^/opt/yarn-|/(?:site|dist)-packages/(?:pip|poetry|pdm|pipenv|uv)/`,
    ),
  },
  {
    id: 'compiler',
    title: 'compiler',
    isWrong: true,
    of: 'any',
    path: new RegExp(
      `^/(?:usr/(?:local/)?)?bin/(?:${COMPILERS})$|^/usr/lib(?:exec)?/gcc/.*/(?:cc1|cc1plus|collect2|lto1|g\\+\\+-mapper-server)$|^/usr/(?:local/)?include/|^/usr/local/(?:go|cargo|rustup)/|/\\.(?:cargo|rustup)/`,
    ),
    // Python's venvs and packages bring a few headers; they are the package's.
    except: /^\/usr\/local\/include\/(?:python|node)/,
  },
  {
    id: 'cache',
    title: 'cache',
    isWrong: true,
    of: 'any',
    path: new RegExp(
      [
        '/\\.npm/_',
        '/\\.cache/(?:pip|uv|yarn|pnpm|pypoetry|pdm|pipenv|node-gyp|go-build|corepack|node/corepack|turbo|vite|eslint|babel-loader|typescript|black|ruff)/',
        '/usr/local/share/\\.cache/yarn/',
        '/\\.pnpm-store/',
        '^/pnpm/store/',
        '/\\.yarn/berry/cache/',
        '/\\.bun/install/cache/',
        '/node_modules/\\.(?:cache|vite|vite-temp)/',
        '/\\.next/cache/(?!fetch-cache/)',
        // What a package was published with is the package.
        '^(?!.*/node_modules/[^.]).*/\\.(?:turbo|parcel-cache|nx/cache|angular/cache|pytest_cache|mypy_cache|ruff_cache|tox|nox|hypothesis)/',
        '/\\.yarn/install-state\\.gz$',
        '^/var/lib/apt/lists/.',
        '^/var/cache/(?:apt/archives/.+\\.deb|apt/.+\\.bin|apk/.|dnf/.|yum/.|man/.)',
        '^/etc/apk/cache/.',
        '^/var/lib/dpkg/.+-old$',
        '^/var/cache/debconf/.+-old$',
        '^/(?:var/)?tmp/.',
        '^(?!.*/node_modules/).*\\.tsbuildinfo$',
      ].join('|'),
    ),
    except: /\/(?:lock|CACHEDIR\.TAG|\.gitkeep)$/,
  },
  {
    id: 'test',
    title: 'test',
    isWrong: true,
    of: 'app',
    path: /\/__tests__\/|\.(?:test|spec)\.[cm]?[jt]sx?$|\/tests\/(?:[^/]+\/)*[^/]+\.py$|\/(?:test_[^/]+|conftest|tests)\.py$|^\/(?:(?:src|dist|build)\/)?(?:tests?|e2e|cypress)\//,
    // Pages of a site may be about tests: what a framework built is no test.
    except: /\/(?:\.next|\.output|\.svelte-kit|_next)\//,
  },
  {
    id: 'map',
    title: 'source map',
    isWrong: true,
    of: 'app',
    path: /\.(?:[cm]?js|css|d\.[cm]?ts)\.map$/,
    except: SERVED_RE,
  },
  {
    // The secrets' step names it; here its bytes count.
    id: 'history',
    title: 'file of version control',
    isWrong: false,
    of: 'app',
    path: /\/\.(?:git|hg|svn)\//,
  },
  {
    id: 'log',
    title: 'log of the build',
    isWrong: false,
    of: 'any',
    path: /^\/var\/log\/|\/npm-debug\.log$|\/yarn-error\.log$|\/\.npm\/_logs\//,
  },
]

export type Kind = 'system' | 'dependencies' | 'app'

const DEPENDENCIES_RE =
  /\/node_modules\/|\/(?:site|dist)-packages\/|^\/opt\/venv\/|\/\.?venv\/|\/\.yarn\/(?:cache|unplugged)\/|\/\.pnp\.|^\/usr\/local\/bundle\/|\/__pypackages__\//
const SYSTEM_RE =
  /^\/(?:usr|var|etc|lib\d*|s?bin|opt|root|home|run|boot|mnt|media|srv|tmp|dev|proc|sys)(?:\/|$)/
/** Where static sites lie, though these folders are the system's. */
const SITE_RE = /^\/(?:usr\/share\/nginx\/html|var\/www|srv|usr\/src|usr\/app)\//

/** Whose a file above the base is. */
export function kindOf(path: string, workdir: string): Kind {
  if (DEPENDENCIES_RE.test(path)) return 'dependencies'
  if (workdir !== '/' && workdir !== '' && path.startsWith(`${workdir.replace(/\/$/, '')}/`)) return 'app'
  // Vendored packages of Go, PHP and Ruby lie in the app and are not told apart: they are the app's to ship.
  return SITE_RE.test(path) || !SYSTEM_RE.test(path) ? 'app' : 'system'
}

/** The row that a file above the base falls under. */
export function wasteOf({ file, layer }: Placed, workdir: string): Waste | null {
  if (layer.base || file.type === 'directory') return null
  const isApp = kindOf(file.path, workdir) === 'app'
  const folder = workdir.replace(/\/$/, '')
  const own = file.path.startsWith(`${folder}/`) ? file.path.slice(folder.length) : file.path
  return (
    WASTE.find(({ of, path, except }) => {
      const at = of === 'any' ? file.path : own
      return (of === 'any' || isApp) && path.test(at) && !(except?.test(file.path) ?? false)
    }) ?? null
  )
}
