/** The tool's own folder in a project: what is committed of it, and what git does not see. */
export const STATE = '.prod-docker'
