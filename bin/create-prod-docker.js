#!/usr/bin/env node
// Old syntax on purpose: an old Node must be able to read this file and say what is wrong.
var parts = process.versions.node.split('.').map(Number)
var major = parts[0]
var minor = parts[1]
var supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22
if (!supported) {
  console.error(
    'create-prod-docker needs Node 20.19 or later, or 22.12 or later; this is ' + process.version + '.',
  )
  process.exitCode = 2
} else {
  require('./compile-cache.js').useCompileCache()
  require('../dist/cli.cjs')
    .main()
    .then((code) => {
      process.exitCode = code
    })
}
