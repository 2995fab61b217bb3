/** What a scope keeps besides resources. */

export const settingsId = 'settings';

/** The settings of one account in one region; that they exist says that the scope's defaults were made. */
export type Settings = {
  readonly id: typeof settingsId;
  /** When the default VPC was made, milliseconds since 1970. */
  readonly defaultsMadeAtMs: number;
};

/** A create that was asked for with a client token, so that asking again gives the same resources. */
export type ClientToken = {
  /** Action and token. */
  readonly id: string;
  /** Hash of the request; another request with the same token is refused. */
  readonly fingerprint: string;
  readonly resourceIds: readonly string[];
  readonly createdAtMs: number;
};
