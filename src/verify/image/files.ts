import type { ImageFile } from './contents.ts'
import type { Filesystem, Placed } from './filesystem.ts'

/** Whom the app runs as, with all groups. */
export interface RuntimeUser {
  uid: number
  gids: readonly number[]
}

export interface FileReport {
  /** Files and folders above the base that the user may change, beyond the places that are meant for it. */
  writable: string[]
  /** The same, as the base brings it: held by a read-only root. */
  writableOfBase: string[]
  /** Programs above the base with rights of their own: setuid, setgid or capabilities. */
  setuid: string[]
  /** The base's: without effect under no-new-privileges. */
  setuidOfBase: string[]
  shell: string | null
  packageManager: string | null
}

/** Where anyone may write, or where nothing of the image is in the way. */
const FREE = ['/tmp', '/var/tmp', '/run', '/var/run', '/var/lock', '/dev', '/proc', '/sys']
const SHELL_RE = /^\/(?:usr\/)?(?:local\/)?s?bin\/(?:busybox|bash|dash|ash|zsh|sh)$|^\/busybox\/sh$/
const MANAGER_RE = /^\/(?:usr\/)?(?:local\/)?s?bin\/(?:apt-get|apk|dnf|microdnf|yum|zypper|dpkg|rpm)$/

/** Files that the user database is read from: what the reader must keep. */
export const USER_FILES: readonly string[] = ['/etc/passwd', '/etc/group']

/** `USER` as the engine resolves it; null where it names someone whom the image does not know. */
export function runtimeUser(user: string, { files }: Filesystem): RuntimeUser | null {
  const rows = (path: string) =>
    (files.get(path)?.file.head?.toString('utf8') ?? '').split('\n').map((line) => line.split(':'))
  const [name = '', group] = (user || '0').split(':')
  const entry = rows('/etc/passwd').find((row) => row[0] === name || row[2] === name)
  const uid = /^\d+$/.test(name) ? Number(name) : Number(entry?.[2] ?? Number.NaN)
  const groups = rows('/etc/group')
  const gidOf = (word: string) =>
    /^\d+$/.test(word) ? Number(word) : Number(groups.find((row) => row[0] === word)?.[2] ?? Number.NaN)
  const gid = group ? gidOf(group) : Number(entry?.[3] ?? 0)
  if (!Number.isInteger(uid) || !Number.isInteger(gid)) return null
  // With a group of its own the engine leaves out those that /etc/group lists.
  const more =
    group || !entry ? [] : groups.filter((row) => (row[3] ?? '').split(',').includes(entry[0] ?? ''))
  return { uid, gids: [gid, ...more.map((row) => Number(row[2])).filter(Number.isInteger)] }
}

/** An owner may change the mode, so owning is writing. */
function mayWrite({ uid: owner, gid, mode, type }: ImageFile, { uid, gids }: RuntimeUser): boolean {
  if (type === 'symlink' || type === 'hardlink' || type === 'other') return false
  if (uid === 0 || owner === uid) return true
  if (gids.includes(gid)) return (mode & 0o020) !== 0
  // A sticky folder for all is a temporary one: nobody can touch another's files there.
  return (mode & 0o002) !== 0 && !(type === 'directory' && mode & 0o1000)
}

const isRaised = ({ mode, type, capable }: ImageFile) =>
  type === 'file' && ((mode & 0o6000) !== 0 || capable === true)

/** What the user of the final filesystem could misuse. `allowed`: volumes, and what the app writes to by design. */
export function inspectFiles(
  filesystem: Filesystem,
  user: RuntimeUser,
  allowed: readonly string[],
): FileReport {
  const free = [...FREE, ...allowed].map((path) => path.replace(/\/$/, ''))
  const isFree = (path: string) => free.some((one) => path === one || path.startsWith(`${one}/`))
  const report: FileReport = {
    writable: [],
    writableOfBase: [],
    setuid: [],
    setuidOfBase: [],
    shell: null,
    packageManager: null,
  }
  const inBase = new Map<string, Placed>()
  for (const one of filesystem.hidden) if (one.layer.base) inBase.set(one.file.path, one)
  for (const [path, { file, layer }] of filesystem.files) {
    // A package that an upgrade replaced is still the base's.
    const before = layer.base ? file : inBase.get(path)?.file
    const mode = (file.mode & 0o7777).toString(8).padStart(4, '0')
    const said = `${path} (${mode}, ${file.uid}:${file.gid})`
    if (isRaised(file)) (before && isRaised(before) ? report.setuidOfBase : report.setuid).push(said)
    if (path !== '/' && mayWrite(file, user) && !isFree(path))
      (layer.base || (before && mayWrite(before, user)) ? report.writableOfBase : report.writable).push(said)
    if (file.type !== 'directory') {
      if (SHELL_RE.test(path)) report.shell ??= path
      if (MANAGER_RE.test(path)) report.packageManager ??= path
    }
  }
  for (const list of Object.values(report)) if (Array.isArray(list)) list.sort()
  return report
}
