/** What every command that talks to a server accepts. */
export type ServerOptions = {
  /** The data directory of the server. */
  readonly data?: string;
};
