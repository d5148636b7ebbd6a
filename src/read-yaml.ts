// The reader alone: a module of its own, so that the bundle leaves the rest of the library out.
export { load as readYaml } from 'js-yaml'
