/** What a scope keeps besides resources. */
import type { DhcpOptionsId } from './ids.ts';
import type { PublicAccessBlock } from './public-access.ts';

export const settingsId = 'settings';

/** The settings of one account in one region; that they exist says that the scope's defaults were made. */
export type Settings = {
  readonly id: typeof settingsId;
  /** When the default VPC was made, milliseconds since 1970. */
  readonly defaultsMadeAtMs: number;
  /** The DHCP options that new VPCs get, as long as they are there. */
  readonly dhcpOptionsId?: DhcpOptionsId;
  /** Whether internet gateways of the region are closed to the account's VPCs; absent: never set. */
  readonly publicAccess?: { readonly block: PublicAccessBlock; readonly changedAtMs: number };
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
