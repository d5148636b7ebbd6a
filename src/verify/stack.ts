/** The compose stack of one run, with the production image in the app's place. */
export interface Stack {
  project: string
  /** The rewritten compose document, as JSON: handed to compose on standard input. */
  document: string
  /** Names of the services: the app's, and those that it depends on. */
  app: string
  services: string[]
  /** Id of the app's container. */
  container: string
  /** `http://127.0.0.1:49153`; null for an app without a port. */
  url: string | null
}
