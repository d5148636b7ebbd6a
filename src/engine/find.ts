import type { Io } from '../io.ts'
import { Engine } from './engine.ts'
export async function findEngine(_io: Pick<Io, 'env'>): Promise<Engine> {
  return new Engine({
    program: 'docker',
    title: 'Docker',
    buildx: 'x',
    compose: 'x',
    rootless: false,
    host: '127.0.0.1',
  })
}
