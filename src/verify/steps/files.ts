import { inspectFiles } from '../image/files.ts'
import { lookInside, userOf } from '../image/look.ts'
import type { Step } from '../types.ts'
import { capped, count } from '../words.ts'

export const filesStep: Step = {
  id: 'files',
  title: 'Owners, setuid and shell',
  needs: ['build'],
  async run(verification) {
    const look = await lookInside(verification)
    const { contents, filesystem, image } = look
    const user = userOf(look)
    if (!user)
      return { status: 'fail', evidence: `USER ${image.config.user} is nobody whom the image knows.` }
    if (user.uid === 0)
      return {
        status: 'fail',
        evidence: `The app runs as root and may change all ${count(filesystem.files.size, 'file')}.`,
      }
    const { writable: meant, data } = verification.app
    const allowed = [...meant, ...(data ? [data] : []), ...image.config.volumes]
    const report = inspectFiles(filesystem, user, allowed)
    const { writable, setuid, setuidOfBase, writableOfBase, shell, packageManager } = report
    const base = `${shell ? `a shell (${shell})` : 'no shell'}, ${packageManager ? `a package manager (${packageManager})` : 'no package manager'}`
    const who = `${user.uid}:${user.gids[0]}`
    return {
      // Without knowing the base, what it brings cannot be told from what we add.
      status: writable.length + setuid.length === 0 ? 'pass' : contents.base === null ? 'skipped' : 'fail',
      evidence: `${contents.base === null ? 'The base image is not known, so all counts as ours. ' : ''}User ${who} may change ${writable.length || 'none'} of ${count(filesystem.files.size, 'file')}; ${setuidText(setuid.length, setuidOfBase.length)}; ${base}.`,
      details: capped([
        ...writable.map((path) => `writable: ${path}`),
        ...setuid.map((path) => `setuid: ${path}`),
        ...writableOfBase.map((path) => `note: writable in the base, held by the read-only root: ${path}`),
        ...setuidOfBase.map((path) => `note: setuid of the base: ${path}`),
      ]),
      data: {
        user: who,
        writable: writable.length,
        setuid: setuid.length,
        setuidOfBase: setuidOfBase.length,
        shell,
        packageManager,
      },
    }
  },
}

function setuidText(ours: number, base: number): string {
  const theirs = base > 0 ? `${base} setuid in the base, without effect under no-new-privileges` : ''
  if (ours > 0) return `${ours} setuid of ours${theirs && `, ${theirs}`}`
  return theirs || 'nothing is setuid'
}
