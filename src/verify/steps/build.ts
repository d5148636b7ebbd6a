import { build, sampled, workOf } from '../build.ts'
import { explainFailure } from '../failures/index.ts'
import { inspectImage } from '../inspect.ts'
import type { Step } from '../types.ts'

export const coldBuild: Step = {
  id: 'build',
  title: 'Build',
  needs: [],
  async run(v) {
    const ref = v.session.image('app')
    const attempt = async (noCache: boolean) => {
      const start = performance.now()
      const done = await build(v, { tag: ref, noCache })
      const seconds = (performance.now() - start) / 1000
      const cause = done.code === 0 ? null : explainFailure(done.all, { app: v.app, phase: 'build' })
      return { done, seconds, cause }
    }
    let { done, seconds, cause } = await attempt(true)
    // A server that was out of reach for a moment says nothing of the files. What was built by then is not built again.
    const network = cause?.id === 'network'
    if (network) {
      v.progress('the network failed: trying once more')
      ;({ done, seconds, cause } = await attempt(false))
    }
    if (done.code !== 0) {
      return {
        status: 'fail',
        evidence: cause ? cause.title : `The build ended with ${done.code}.`,
        output: done.all,
        ...(cause && { cause }),
      }
    }
    const image = await inspectImage(v, ref)
    if (!image)
      return {
        status: 'fail',
        evidence: 'The build succeeded, and the engine has no image of it.',
        output: done.all,
      }
    v.image = { ref, ...image }
    const { ran } = workOf(done.all)
    const samples = sampled(v.app).map(({ name }) => name)
    return {
      status: 'pass',
      evidence: [
        network
          ? `Built at the second try, in ${seconds.toFixed(1)} s: the network had failed.`
          : `Built without layer cache in ${seconds.toFixed(1)} s.`,
        ...(samples.length > 0
          ? [`${samples.join(', ')} came from your sample: the image that ships needs the real one.`]
          : []),
      ].join(' '),
      data: { seconds, instructions: ran.length },
    }
  },
}

export const rebuild: Step = {
  id: 'rebuild',
  title: 'Build again, nothing changed',
  needs: ['build'],
  async run(v) {
    const again = async () => {
      const start = performance.now()
      const done = await build(v, { tag: v.session.image('again') })
      return { ...done, ...workOf(done.all), seconds: (performance.now() - start) / 1000 }
    }
    let done = await again()
    // An engine drops what it has no room for, at any time: what really runs each time runs now too.
    if (done.code === 0 && done.ran.length > 0) done = await again()
    if (done.code !== 0)
      return { status: 'fail', evidence: 'The same build failed the second time.', output: done.all }
    const { ran, cached, seconds } = done
    const data = { seconds, cached: cached.length, ran: ran.length }
    if (ran.length > 0)
      return {
        status: 'fail',
        evidence: `${ran.length} of ${ran.length + cached.length} instructions ran again, with nothing changed.`,
        details: ran,
        data,
      }
    return {
      status: 'pass',
      evidence: `All ${cached.length} instructions came from the cache, in ${seconds.toFixed(1)} s.`,
      data,
    }
  },
}
