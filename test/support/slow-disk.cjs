// Loaded into a run with --require: every operation that leaves a trace takes a while, so that a signal can meet it.
const fs = require('node:fs')
for (const name of ['mkdirSync', 'openSync', 'renameSync', 'rmdirSync', 'unlinkSync', 'writeFileSync']) {
  const real = fs[name]
  fs[name] = (...args) => {
    const slow = String(args[0]).includes('.prod-docker') || String(args[1]).includes('.prod-docker')
    if (slow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(process.env.SLOW_DISK_MS))
    return real(...args)
  }
}
