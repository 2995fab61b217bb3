/**
 * The ends of a path: resources by id or ARN.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInsightsPath.html
 */

import type { PathPlace } from '#proof/path-question.ts';
import { idPrefixes } from '#vpc/ids.ts';
import type { PathEnd } from '#vpc/insights.ts';
import { locate, networkOf, type World } from '#vpc/network.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { checkId, refuseNotFound } from '../resources.ts';

/** Kinds of resources at which a path may begin or end. */
const endKinds = ['instance', 'eni', 'internetGateway', 'peering', 'endpoint'] as const;

/** Kinds that AWS takes and that nothing here can be. */
const notModelled = ['tgw-', 'vgw-', 'vpce-svc-'];

/** Refuses the malformed id of an end, alone or in an ARN; what is no end at all is for the operation to refuse. */
export function checkEndId(text: string): void {
  const id = text.slice(text.lastIndexOf('/') + 1);
  const kind = kindOfEnd(id);
  if (kind) checkId(kind, id);
}

const kindOfEnd = (id: string) => endKinds.find((each) => id.startsWith(`${idPrefixes[each]}-`));

/** The resource of a parameter; refuses what is none, is elsewhere, or does not exist. */
export function endIn(text: string, parameter: string, context: Context): PathEnd {
  const { id, account, region } = partsOf(text, context) ?? wrong(text, parameter);
  if (notModelled.some((prefix) => id.startsWith(prefix))) {
    refuse('unsupported', { reason: `Rampart does not analyze paths to or from ${id}.` });
  }
  const kind = kindOfEnd(id) ?? wrong(text, parameter);
  // Another account's resources are none of the caller's business, whether they exist or not.
  const isOwn = account === context.caller.scope.account && region === context.caller.scope.region;
  const table = networkOf(context.transaction.world, { account, region })[kind];
  return isOwn && table.has(id) ? { id, account, region } : refuseNotFound(kind, id);
}

function partsOf(text: string, { caller }: Context): PathEnd | undefined {
  if (!text.startsWith('arn:')) return { id: text, ...caller.scope };
  const [, , service, region, account, ...resource] = text.split(':');
  const id = resource.join(':').split('/')[1];
  if (service !== 'ec2' || !id || !region || !account) return undefined;
  return { id, account, region };
}

function wrong(value: string, parameter: string): never {
  const expected =
    'use the id or ARN of an instance, network interface, internet gateway, VPC peering connection or VPC endpoint';
  return refuse('invalidValue', { parameter, value, expected });
}

export type Places =
  | { readonly kind: 'places'; readonly places: readonly PathPlace[] }
  /** What the analysis cannot say anything about, as a sentence. */
  | { readonly kind: 'failed'; readonly message: string };

/** Where packets begin or end that a resource sends or gets: an instance has all its interfaces. */
export function placesOf(world: World, { id }: PathEnd): Places {
  const places = (...found: readonly PathPlace[]): Places => ({ kind: 'places', places: found });
  const kind = kindOfEnd(id);
  const found = kind && locate(world, kind, id);
  if (!kind || !found) return { kind: 'failed', message: `The resource ${id} does not exist any more.` };
  switch (kind) {
    case 'instance': {
      const enis = [...found.network.eni.by('instance', id)];
      if (enis.length === 0) return { kind: 'failed', message: `The instance ${id} is terminated.` };
      return places(...enis.map((eni) => ({ kind: 'eni', eniId: eni.id }) as const));
    }
    case 'eni':
      return places({ kind: 'eni', eniId: id });
    case 'internetGateway':
      return places({ kind: 'internetGateway', gatewayId: id });
    case 'peering':
      return places({ kind: 'peering', peeringId: id });
    case 'endpoint': {
      const detail = found.network.endpoint.get(id)?.detail;
      // Beyond its interfaces the service decides; the other kinds have no address that packets are sent to.
      if (detail?.kind === 'interface')
        return places(...detail.places.map(({ eniId }) => ({ kind: 'eni', eniId }) as const));
      return { kind: 'failed', message: `Rampart does not follow packets through VPC endpoints (${id}).` };
    }
    default:
      return kind satisfies never;
  }
}
