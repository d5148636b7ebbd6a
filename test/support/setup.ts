// Under CI laws are tried on the same cases each time: a red run is about the change. Elsewhere the cases are new ones.
if (process.env['CI']) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: 20_261_121 })
}
