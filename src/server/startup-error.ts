/** Why a server could not start or be found, in one line for the operator. Anything else that is thrown is a bug. */
export class StartupError extends Error {}
