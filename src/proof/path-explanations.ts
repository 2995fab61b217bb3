/** Why a packet does not arrive, with the components that AWS's explanation of the code names. */
import { portOfEni } from '#policy/port.ts';
import { tableOfSubnet } from '#policy/route.ts';
import type { DropReason, Verdict } from '#policy/verdict.ts';
import type { PathExplanation } from '#vpc/insights.ts';
import { locate, type World } from '#vpc/network.ts';
import type { PublicAccessExclusion } from '#vpc/public-access.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { codeOf } from './explain.ts';
import type { Journey } from './path-hops.ts';
import { placeOfEni, refAs, refOf } from './path-refs.ts';

/** Where the packet came from and went, as far as the question knows. */
type Between = { readonly fromEniId?: string | undefined; readonly toId?: string | undefined };

/** The explanation of a packet that was dropped. */
function explanationOfDrop(
  world: World,
  verdict: Extract<Verdict, { kind: 'drop' }>,
  between: Between,
): PathExplanation {
  const { because } = verdict;
  const { code } = codeOf(world, verdict, because);
  return { code, ...detailsOf(world, verdict, because, between) };
}

function detailsOf(
  world: World,
  { steps }: Verdict,
  because: DropReason,
  { fromEniId, toId }: Between,
): Omit<PathExplanation, 'code'> {
  switch (because.kind) {
    case 'group':
      return groupDetails(world, because.eniId, because.direction);
    case 'acl': {
      const step = steps.findLast((each) => each.kind === 'acl');
      const verdict = step?.kind === 'acl' ? step.verdict : undefined;
      return {
        direction: because.direction,
        ...refAs('acl', refOf(world, 'networkAcl', verdict?.acl?.id)),
        ...(verdict && verdict.kind !== 'unmatched' ? { entry: verdict.entry } : {}),
        ...refAs('subnet', refOf(world, 'subnet', because.subnetId)),
        ...refAs('vpc', refOf(world, 'vpc', verdict?.acl?.vpcId)),
      };
    }
    case 'noRoute':
      return {
        ...routeTableOf(world, because.tableId, fromEniId),
        ...refAs('destination', toId === undefined ? undefined : anyRef(world, toId)),
      };
    case 'blackhole': {
      const step = steps.findLast((each) => each.kind === 'route');
      const match = step?.kind === 'route' ? step.match : undefined;
      return {
        ...refAs('routeTable', refOf(world, 'routeTable', match?.table.id)),
        ...refAs('vpc', refOf(world, 'vpc', match?.table.vpcId)),
        ...(match ? { route: match.route } : {}),
        ...targetRef(world, because.target),
      };
    }
    case 'noPublicAddress':
      return { address: because.source, ...senderDetails(world, fromEniId) };
    case 'notRouted':
      return { address: because.address };
    case 'publicAccessBlocked':
      return blockDetails(world, because.subject, because.gatewayId);
    case 'sourceDestCheck':
    case 'noPublicTarget':
    case 'carrier':
      return { ...refAs('eni', refOf(world, 'eni', because.eniId)), ...vpcOf(world, because.eniId) };
    case 'noTranslation':
      return because.gatewayId.startsWith('nat-')
        ? refAs('natGateway', refOf(world, 'natGateway', because.gatewayId))
        : refAs('component', refOf(world, 'egressOnlyGateway', because.gatewayId));
    case 'spoofed':
      return { address: because.source, ...refAs('eni', refOf(world, 'eni', fromEniId)) };
    case 'noInterface':
    case 'notAttached':
      return refAs('component', anyRef(world, because.what)) satisfies object as Omit<
        PathExplanation,
        'code'
      >;
    case 'noListener':
      // Classic load balancers have no ARN in AWS's answers.
      return because.isClassic ? {} : { loadBalancerArn: because.loadBalancerId };
    case 'transit':
      return { ...refAs('component', anyRef(world, because.what)), ...transitDetails(world, because.what) };
    case 'notDescribed':
    case 'notFollowed':
      return refAs('component', anyRef(world, because.what));
    case 'loop':
      return {};
    default:
      return because satisfies never;
  }
}

function groupDetails(world: World, eniId: string, direction: 'ingress' | 'egress') {
  const port = portOfEni(world, eniId);
  const groups = port?.eni.groupIds.flatMap((id) => refOf(world, 'securityGroup', id) ?? []) ?? [];
  const { subnet, vpc } = placeOfEni(world, eniId);
  return {
    direction,
    groups,
    ...refAs('eni', refOf(world, 'eni', eniId)),
    ...(subnet ? { subnet } : {}),
    ...(vpc ? { vpc } : {}),
  };
}

function blockDetails(world: World, subject: PublicAccessExclusion['subject'], gatewayId: string) {
  const subnet = subject.kind === 'subnet' ? locate(world, 'subnet', subject.subnetId)?.entity : undefined;
  return {
    ...refAs('internetGateway', refOf(world, 'internetGateway', gatewayId)),
    ...refAs('component', refOf(world, 'egressOnlyGateway', gatewayId)),
    ...refAs('subnet', refOf(world, 'subnet', subnet?.id)),
    ...refAs('vpc', refOf(world, 'vpc', subject.kind === 'vpc' ? subject.vpcId : subnet?.vpcId)),
  };
}

/** The attachment or the table that stops a packet, and its gateway. */
function transitDetails(world: World, what: string): Omit<PathExplanation, 'code'> {
  const attachment = locate(world, 'transitAttachment', what)?.entity;
  const table = locate(world, 'transitRouteTable', what)?.entity;
  const [gatewayId] = attachment?.gatewayIds ?? [table?.gatewayId];
  return {
    ...refAs('transitGateway', refOf(world, 'transitGateway', gatewayId)),
    ...refAs('transitAttachment', refOf(world, 'transitAttachment', attachment?.id)),
    ...refAs('transitRouteTable', refOf(world, 'transitRouteTable', table?.id)),
  };
}

const portAt = (world: World, eniId: string | undefined) =>
  eniId === undefined ? undefined : portOfEni(world, eniId);

function senderDetails(world: World, eniId: string | undefined) {
  const port = portAt(world, eniId);
  const [gateway] = port ? port.network.internetGateway.by('vpc', port.vpcId) : [];
  return {
    ...refAs('eni', refOf(world, 'eni', eniId)),
    ...refAs('internetGateway', refOf(world, 'internetGateway', gateway?.id)),
    ...refAs('vpc', refOf(world, 'vpc', port?.vpcId)),
  };
}

/** A table without a route, with the sender's subnet where it is the sender's. */
function routeTableOf(world: World, tableId: string | undefined, eniId: string | undefined) {
  const port = portAt(world, eniId);
  const table = tableId === undefined ? undefined : locate(world, 'routeTable', tableId)?.entity;
  const own = port && tableOfSubnet(port.network, port.vpcId, port.eni.subnetId);
  const subnetId = own?.id === tableId ? port?.eni.subnetId : undefined;
  return {
    ...refAs('routeTable', refOf(world, 'routeTable', tableId)),
    ...refAs('subnet', refOf(world, 'subnet', subnetId)),
    ...refAs('vpc', refOf(world, 'vpc', table?.vpcId ?? port?.vpcId)),
  };
}

function vpcOf(world: World, eniId: string) {
  const { vpc } = placeOfEni(world, eniId);
  return vpc ? { vpc } : {};
}

function targetRef(world: World, target: RouteTarget): Omit<PathExplanation, 'code'> {
  switch (target.kind) {
    case 'internetGateway':
      return refAs('internetGateway', refOf(world, 'internetGateway', target.id));
    case 'natGateway':
      return refAs('natGateway', refOf(world, 'natGateway', target.id));
    case 'peering':
      return refAs('peering', refOf(world, 'peering', target.id));
    case 'eni':
      return refAs('eni', refOf(world, 'eni', target.id));
    case 'egressOnlyGateway':
      return refAs('component', refOf(world, 'egressOnlyGateway', target.id));
    case 'transitGateway':
      return refAs('component', refOf(world, 'transitGateway', target.id));
    case 'local':
    case 'endpoint':
    case 'other':
      return {};
    default:
      return target satisfies never;
  }
}

/** The resource of an id of any kind that packets meet; undefined for addresses and what is gone. */
function anyRef(world: World, id: string) {
  for (const kind of [
    'eni',
    'instance',
    'internetGateway',
    'peering',
    'natGateway',
    'vpc',
    'subnet',
    'transitGateway',
    'transitAttachment',
    'transitRouteTable',
  ] as const) {
    const found = refOf(world, kind, id);
    if (found) return found;
  }
  return undefined;
}

/** Why a packet does not get where it should; `toId` is the interface that it is for. */
export function explanationOfJourney(
  world: World,
  { verdict, origin, packet }: Journey,
  toId: string | undefined,
): PathExplanation {
  const fromEniId = origin.kind === 'eni' ? origin.eniId : undefined;
  if (verdict.kind === 'drop') {
    const explained = explanationOfDrop(world, verdict, { fromEniId, toId });
    return explained.code === 'UNKNOWN_DESTINATION'
      ? { ...explained, address: packet.destination }
      : explained;
  }
  // Delivered, but to somebody else, or from another address than was asked.
  const { delivery } = verdict;
  return delivery.kind === 'eni'
    ? { code: 'CANNOT_ROUTE', ...refAs('component', refOf(world, 'eni', delivery.eniId)) }
    : { code: 'NO_PATH' };
}
