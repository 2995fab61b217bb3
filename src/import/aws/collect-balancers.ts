/** Reads load balancers of a live account: the lists of both generations, and what is asked about each. */
import { balancerCalls, callsPerBalancer, commandOf } from '../describe/calls.ts';
import type { Document } from '../describe/found.ts';
import type { Unknown } from '../imported.ts';
import { type Json, objectsOf, textOf } from '../json/fields.ts';
import { allPages, type Cut } from './pages.ts';
import { type Collected, isDenied, type Region } from './region.ts';
import { type Ask, type BalancerService, balancerLibraries } from './sdk.ts';

/** The actions that are sent to Elastic Load Balancing; docs/import.md has the policy that permits them. */
export const balancerActions: readonly string[] = [
  ...new Set([...balancerCalls, ...callsPerBalancer].map(({ action }) => action)),
];

const services: readonly BalancerService[] = ['elbv2', 'elb'];

/** Everything about the load balancers of a region; without the package, that they are not known if there are any. */
export async function collectBalancers(region: Region, areThere: boolean): Promise<Collected> {
  const collected = { documents: [] as Document[], unknowns: [] as Unknown[] };
  for (const service of services) {
    const ask = await region.clients.balancersIn(region.region, service);
    if (ask) await collectService(region, { service, ask }, collected);
    else if (areThere) {
      const [name] = balancerLibraries[service];
      const what = `load balancers were not asked for: ${name} is not installed`;
      collected.unknowns.push({ what, effect: 'to whom they pass traffic on is unknown' });
    }
  }
  return collected;
}

type Collecting = { readonly documents: Document[]; readonly unknowns: Unknown[] };

async function collectService(
  { account, region, options }: Region,
  { service, ask }: { readonly service: BalancerService; readonly ask: Ask },
  { documents, unknowns }: Collecting,
): Promise<void> {
  const one = async (action: string, input: Json, subject?: string): Promise<Json | undefined> => {
    options.onCall?.(region, `${service}:${action}`);
    const name = `${service}-${commandOf(action)}${subject === undefined ? '' : `.${subject}`}`;
    try {
      const body = await allPages(ask, action, input, cutOf(action));
      documents.push({ folder: `${account}/${region}`, file: `${name}.json`, body });
      return body;
    } catch (error) {
      if (!isDenied(error)) throw error;
      const what = `${name} in ${region} was refused: ${error.name}`;
      unknowns.push({ what, effect: 'what it would tell is unknown' });
      return undefined;
    }
  };
  const follow = async (key: string, body: Json | undefined): Promise<void> => {
    for (const call of body ? callsPerBalancer : []) {
      if (call.service !== service || call.after !== key) continue;
      for (const item of objectsOf(body ?? {}, key)) {
        const id = textOf(item, call.id);
        if (id === undefined || !isAskedOf(call.action, item)) continue;
        // The whole end of the ARN, so that two of one name are told apart.
        const subject = id.slice(id.lastIndexOf(':') + 1).replaceAll('/', '_');
        await follow(call.key, await one(call.action, { [call.id]: id }, subject));
      }
    }
  };
  for (const call of balancerCalls) {
    if (call.service === service) await follow(call.key, await one(call.action, {}));
  }
}

/** Listeners of network load balancers have no rules besides their default action. */
function isAskedOf(action: string, item: Json): boolean {
  return action !== 'DescribeRules' || /^HTTPS?$/.test(textOf(item, 'Protocol') ?? '');
}

/** Actions whose answers come in pages, of at most 400. */
const paged: ReadonlySet<string> = new Set([
  'DescribeLoadBalancers',
  'DescribeTargetGroups',
  'DescribeListeners',
  'DescribeRules',
]);

const cutOf = (action: string): Cut => ({
  size: paged.has(action) ? { PageSize: 400 } : {},
  from: 'Marker',
  next: 'NextMarker',
});
