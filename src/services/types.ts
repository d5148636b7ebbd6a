import type { ServiceId } from '../model.ts'

/** How the app is told where a service is: the compose file's values, per variable that the code reads. */
export interface ServiceUse {
  id: ServiceId
  /** Environment of the app, by the names that the code reads. */
  connection: Record<string, string>
  /** Database name, where the service has one. */
  database?: string
}
