// Keeps compiled code beside the program, so that every run after the first starts in three quarters of the time.
// The folder belongs to whoever may change the program itself: nothing is trusted that was not trusted before.
const fs = require('node:fs')
const Module = require('node:module')
const path = require('node:path')

const dist = path.join(__dirname, '..', 'dist')
const cache = path.join(dist, '.cache', `${process.version}-${process.arch}`)

exports.useCompileCache = () => {
  // Node.js 22.1 and later bring the same.
  if (Module.enableCompileCache) Module.enableCompileCache(cache)
  else cacheByHand()
}

function cacheByHand() {
  const vm = require('node:vm')
  const compile = Module.prototype._compile
  const fresh = []
  Module.prototype._compile = function (content, filename) {
    // V8 compares lengths, no more: only a name with a hash of the content in it says that the content is the same.
    if (path.dirname(filename) !== dist || !/-[\w-]{8}\.cjs$/.test(filename))
      return compile.call(this, content, filename)
    const kept = path.join(cache, `${path.basename(filename)}.bin`)
    const script = new vm.Script(Module.wrap(content), { filename, cachedData: read(kept) })
    if (script.cachedDataRejected !== false) fresh.push({ script, kept })
    return script
      .runInThisContext()
      .call(this.exports, this.exports, (id) => this.require(id), this, filename, dist)
  }
  process.once('exit', () => {
    for (const { script, kept } of fresh) write(kept, script.createCachedData())
  })
}

function read(file) {
  try {
    return fs.readFileSync(file)
  } catch {
    return undefined
  }
}

/** Whole or not at all; where the folder can't be written to, the next run compiles again. */
function write(file, data) {
  const part = `${file}.${process.pid}`
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(part, data)
    fs.renameSync(part, file)
  } catch {
    fs.rmSync(part, { force: true })
  }
}
