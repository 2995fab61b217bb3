/** Reads live accounts: describe calls alone, page by page. */
import { type Call, callsPerResource, commandOf, foreignCalls, regionCalls } from '../describe/calls.ts';
import type { Document } from '../describe/found.ts';
import { worldOf } from '../describe/world.ts';
import { type Imported, type Unknown, UnreadableSource } from '../imported.ts';
import { type Json, objectsOf, textOf } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import { collectBalancers } from './collect-balancers.ts';
import type { AccountName } from './name.ts';
import { allPages, type Cut } from './pages.ts';
import { type Collected, type CollectOptions, isDenied, isPermission, type Region } from './region.ts';
import { AwsFailure, type Clients, loadClients } from './sdk.ts';

/** Every action that a collection may send; docs/import.md has the policy that permits them. */
export const collectedActions: readonly string[] = [
  ...new Set([...regionCalls, ...foreignCalls, ...callsPerResource].map(({ action }) => action)),
  'DescribeRegions',
];

const foreignActions: ReadonlySet<string> = new Set(foreignCalls.map(({ action }) => action));

/** Largest pages that AWS gives, where it is not a thousand; 0 where a call has no pages. */
const pageSizes: Readonly<Record<string, number>> = {
  DescribeAddresses: 0,
  DescribeVpcBlockPublicAccessOptions: 0,
  DescribeVpcAttribute: 0,
  DescribeRouteTables: 100,
  DescribeEgressOnlyInternetGateways: 255,
  DescribeManagedPrefixLists: 100,
  GetManagedPrefixListEntries: 100,
};

function cutOf(action: string): Cut {
  const size = pageSizes[action] ?? 1000;
  return { size: size > 0 ? { MaxResults: size } : {}, from: 'NextToken', next: 'NextToken' };
}

/** The networks of an account. Throws `UnreadableSource` where AWS cannot be asked at all. */
export async function readAccount(name: AccountName, options: CollectOptions = {}): Promise<Imported> {
  const { documents, unknowns } = await collect(name, options);
  const imported = worldOf(documents, stableHex);
  // What was refused is not said to be missing as well.
  const refused = new Set(unknowns.map(({ what }) => `there is no ${what.split(' ')[0]}`));
  const others = imported.unknowns.filter(({ what }) => !refused.has(what));
  return { ...imported, unknowns: [...unknowns, ...others] };
}

/** The output of all calls, in folders by account and region. */
export async function collect(name: AccountName, options: CollectOptions = {}): Promise<Collected> {
  const { profile } = name;
  const clients = await loadClients({ profile, endpoint: options.endpoint });
  try {
    const regions = await regionsOf(name, clients);
    const account = await clients.account(regions[0] ?? (await clients.configuredRegion()));
    const read = await Promise.all(
      regions.map((region) =>
        collectRegion({ account, region, ask: clients.inRegion(region), clients, options }),
      ),
    );
    return {
      documents: read.flatMap(({ documents }) => documents),
      unknowns: read.flatMap(({ unknowns }) => unknowns),
    };
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const who = profile === undefined ? '' : ` with profile ${profile}`;
    throw new UnreadableSource(`AWS cannot be asked${who}: ${reasonOf(error, profile)}`, { cause: error });
  }
}

/** What AWS or its SDK says; where the caller has not told enough, what to tell. */
function reasonOf({ name, message, code }: AwsFailure, profile: string | undefined): string {
  if (message === 'Region is missing') return 'no region is set; name one, as in aws@eu-west-1';
  if (name === 'CredentialsProviderError') {
    return profile === undefined
      ? 'there are no credentials; name a profile, as in aws:production, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
      : 'the profile is not among those of ~/.aws/config and ~/.aws/credentials, or has no credentials';
  }
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND'
    ? `${message}; AWS_ENDPOINT_URL, where it is set, names another server than AWS`
    : message;
}

async function regionsOf({ regions }: AccountName, clients: Clients): Promise<readonly string[]> {
  if (regions !== 'all') return regions.length > 0 ? regions : [await clients.configuredRegion()];
  const answer = await clients.inRegion(await clients.configuredRegion())('DescribeRegions', {});
  return objectsOf(answer, 'Regions').flatMap((each) => textOf(each, 'RegionName') ?? []);
}

/** One call after the other: a region's limits are for all calls together. */
async function collectRegion({ account, region, ask, clients, options }: Region): Promise<Collected> {
  const folder = `${account}/${region}`;
  const documents: Document[] = [];
  const unknowns: Unknown[] = [];
  const collectOne = async (action: string, input: Json, suffix = ''): Promise<Json | undefined> => {
    options.onCall?.(region, action);
    const file = `${commandOf(action)}${suffix}.json`;
    try {
      const body = await allPages(ask, action, input, cutOf(action));
      documents.push({ folder, file, body });
      return body;
    } catch (error) {
      if (!isDenied(error)) throw error;
      // An endpoint that knows no such call has nothing of the kind.
      if (!isPermission(error) && foreignActions.has(action)) return undefined;
      const what = `${commandOf(action)}${suffix} in ${region} was refused: ${error.name}`;
      unknowns.push({ what, ...withoutIt(action) });
      return undefined;
    }
  };
  for (const { action } of [...regionCalls, ...foreignCalls]) {
    const body = await collectOne(action, {});
    for (const call of callsPerResource) {
      if (call.after !== action) continue;
      for (const resource of objectsOf(body ?? {}, call.list)) {
        const id = textOf(resource, call.id);
        if (id === undefined) continue;
        const suffix = 'suffix' in call ? call.suffix : '';
        await collectOne(
          call.action,
          { [call.id]: id, ...('input' in call ? call.input : {}) },
          `.${id}${suffix}`,
        );
      }
    }
  }
  const balancers = await collectBalancers({ account, region, ask, clients, options }, hasNodes(documents));
  return {
    documents: [...documents, ...balancers.documents],
    unknowns: [...unknowns, ...balancers.unknowns],
  };
}

/** What nobody can know where a call is refused. */
function withoutIt(action: string): Omit<Unknown, 'what'> {
  const call: Call | undefined = [...regionCalls, ...foreignCalls].find((each) => each.action === action);
  const effect = call?.without ?? 'what it would tell is unknown';
  return { effect, ...(call?.hidesAccess && { hidesAccess: true }) };
}

/** Whether there are load balancers, by their nodes; nobody knows where the interfaces are not told. */
function hasNodes(documents: readonly Document[]): boolean {
  const enis = documents.filter(({ body }) => 'NetworkInterfaces' in body);
  const all = enis.flatMap(({ body }) => objectsOf(body, 'NetworkInterfaces'));
  return enis.length === 0 || all.some((eni) => textOf(eni, 'Description')?.startsWith('ELB ') === true);
}
