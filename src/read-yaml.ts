// The reader alone: a module of its own, so that the bundle leaves the rest of the library out.
export { FAILSAFE_SCHEMA, load as readYaml, type State as YamlState, Type as YamlType } from 'js-yaml'
