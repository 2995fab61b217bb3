/** Limits of the suite's accounts: room for the stories, and none for the account that meets its limits. */
import { quotas as all, type QuotaName } from '#vpc/quotas.ts';
import { crowdAccount } from './crowd.ts';

/** The account whose limits are reached at once. */
export const small = { account: '222222222222' };

const names = Object.keys(all) as readonly QuotaName[];

export const quotas = {
  default: {
    vpcsPerRegion: 20,
    elasticIpsPerRegion: 20,
    internetGatewaysPerRegion: 20,
    securityGroupsPerInterface: 2,
    elasticIpsPerNatGatewayZone: 2,
  },
  [crowdAccount.account]: {
    vpcsPerRegion: 20,
    elasticIpsPerRegion: 20,
    internetGatewaysPerRegion: 20,
    egressOnlyGatewaysPerRegion: 20,
    natGatewaysPerZone: 20,
  },
  [small.account]: {
    ...Object.fromEntries(names.map((name) => [name, 0])),
    tagsPerResource: 50,
    standardVcpusPerRegion: 50,
    entriesPerPrefixList: 10,
  },
};
