/**
 * `decide`: what AWS does with one packet. This is the meaning of a network; the compiled classifier, the prover and
 * the kernel are tested against it. Written to be read, not to be fast.
 */
import type { World } from '#vpc/network.ts';
import type { Direction } from '#vpc/security-group.ts';
import { judgeAcl } from './acl.ts';
import { type EntryUse, type Flows, noteArrival, noteDelivery } from './flows.ts';
import { enterFromInternet, leaveToInternet } from './internet.ts';
import type { Packet } from './packet.ts';
import { interfaceWith, isUp, type Port } from './port.ts';
import { matchRoute, tableOfSubnet } from './route.ts';
import { holdsAddress, judge, type Side } from './side.ts';
import type { Decision, DropReason, Origin, Step } from './verdict.ts';

/** What became of the packet on one passage through a VPC's router. */
type Leg =
  | {
      readonly kind: 'drop';
      readonly because: DropReason;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    }
  | {
      readonly kind: 'pass';
      readonly to: Port;
      readonly packet: Packet;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    };

/**
 * Follows a packet from its origin until it is delivered or dropped, across gateways if its way leads there (traffic
 * to a public address of the same VPC leaves and comes back). Time in milliseconds since 1970.
 */
export function decide(
  world: World,
  flows: Flows,
  sent: { readonly packet: Packet; readonly origin: Origin },
  nowMs: number,
): Decision {
  const { packet, origin } = sent;
  if (origin.kind === 'internet') return fromInternet({ world, flows, packet, steps: [], nowMs });
  const port = interfaceWith(world, origin.eniId);
  if (!port) return dropped({ kind: 'noInterface', what: origin.eniId }, [], flows);
  const leg = passRouter(world, flows, port, packet, nowMs);
  if (leg.kind === 'drop') return dropped(leg.because, leg.steps, leg.flows);
  if (leg.to.kind === 'eni') return delivered(leg);
  const out = leaveToInternet(leg.to, leg.packet);
  if (out.kind === 'drop') return dropped(out.because, leg.steps, leg.flows);
  const steps = [...leg.steps, ...out.steps];
  return fromInternet({ world, flows: leg.flows, packet: out.packet, steps, nowMs });
}

type Abroad = {
  readonly world: World;
  readonly flows: Flows;
  readonly packet: Packet;
  readonly steps: readonly Step[];
  readonly nowMs: number;
};

/** A packet on the internet: into the VPC that owns its destination, else to some host outside. */
function fromInternet({ world, flows, packet, steps, nowMs }: Abroad): Decision {
  const entered = enterFromInternet(world, packet, steps.length > 0);
  if (entered.kind === 'outside') {
    return { verdict: { kind: 'accept', delivery: { kind: 'internet', packet }, steps }, flows };
  }
  if (entered.kind === 'drop') return dropped(entered.because, steps, flows);
  const leg = passRouter(world, flows, entered.port, entered.packet, nowMs);
  const all = [...steps, ...entered.steps, ...leg.steps];
  if (leg.kind === 'drop') return dropped(leg.because, all, leg.flows);
  if (leg.to.kind === 'eni') return delivered({ ...leg, steps: all });
  return dropped({ kind: 'noInterface', what: entered.packet.destination }, all, leg.flows);
}

function delivered(leg: Leg & { readonly kind: 'pass' }): Decision {
  if (leg.to.kind !== 'eni') throw new Error('a packet is delivered to an interface');
  const delivery = { kind: 'eni', eniId: leg.to.eni.id, packet: leg.packet } as const;
  return { verdict: { kind: 'accept', delivery, steps: leg.steps }, flows: leg.flows };
}

function dropped(because: DropReason, steps: readonly Step[], flows: Flows): Decision {
  return { verdict: { kind: 'drop', because, steps }, flows };
}

/** One passage through a router, from port to port. Entries are made only if every filter passes. */
function passRouter(world: World, flows: Flows, from: Port, packet: Packet, nowMs: number): Leg {
  const steps: Step[] = [];
  const spoofed = from.kind === 'eni' && !holdsAddress(from.eni, packet.source);
  if (spoofed) return { kind: 'drop', because: { kind: 'spoofed', source: packet.source }, steps, flows };
  if (from.kind === 'eni' && !isUp(from)) {
    return { kind: 'drop', because: { kind: 'notAttached', what: from.eni.id }, steps, flows };
  }
  const hop = nextPort(world, from, packet, steps);
  if (hop.kind === 'drop') return { ...hop, steps, flows };
  const to = hop.port;
  const enis = [from, to].flatMap((port) => (port.kind === 'eni' ? [port.eni] : []));
  const arrived = noteArrival(flows, from.vpcId, enis, packet, nowMs);
  const uses: EntryUse[] = [];
  const because = firstRefusal({ from, to, world, packet, flows: arrived, nowMs, steps, uses });
  if (because) return { kind: 'drop', because, steps, flows: arrived };
  const passed = { vpcId: from.vpcId, packet, entries: uses };
  return { kind: 'pass', to, packet, steps, flows: noteDelivery(arrived, passed, nowMs) };
}

type Crossing = {
  readonly world: World;
  readonly from: Port;
  readonly to: Port;
  readonly packet: Packet;
  readonly flows: Flows;
  readonly nowMs: number;
  readonly steps: Step[];
  readonly uses: EntryUse[];
};

/** The filters in AWS's order; undefined if all pass. Collects the steps and the entries to make. */
function firstRefusal(crossing: Crossing): DropReason | undefined {
  const { from, to } = crossing;
  const sameSubnet = from.kind === 'eni' && to.kind === 'eni' && from.eni.subnetId === to.eni.subnetId;
  const acl = (port: Port, direction: Direction) =>
    sameSubnet ? undefined : aclRefusal(crossing, port, direction);
  return (
    groupRefusal(crossing, 'egress', from, to) ??
    acl(from, 'egress') ??
    acl(to, 'ingress') ??
    groupRefusal(crossing, 'ingress', to, from)
  );
}

function groupRefusal(
  crossing: Crossing,
  direction: Direction,
  port: Port,
  far: Port,
): DropReason | undefined {
  if (port.kind !== 'eni') return undefined;
  const { world, flows, packet, nowMs, steps, uses } = crossing;
  const { eni, network } = port;
  const side: Side = {
    place: { world, network },
    eni,
    direction,
    alwaysTracked: false,
    ...(far.kind === 'eni' ? { far: far.eni } : {}),
  };
  const verdict = judge(side, flows, packet, nowMs);
  steps.push({ kind: 'group', eniId: eni.id, direction, verdict });
  if (verdict.kind === 'noRule' || verdict.kind === 'notOpening') {
    return { kind: 'group', eniId: eni.id, direction };
  }
  if (verdict.kind === 'entry' || (verdict.kind === 'rule' && verdict.opensEntry))
    uses.push({ eni, direction });
  return undefined;
}

function aclRefusal(crossing: Crossing, port: Port, direction: Direction): DropReason | undefined {
  if (port.kind !== 'eni') return undefined;
  const { subnetId } = port.eni;
  const verdict = judgeAcl(port.network, subnetId, direction, crossing.packet);
  crossing.steps.push({ kind: 'acl', subnetId, direction, verdict });
  return verdict.kind === 'allow' ? undefined : { kind: 'acl', subnetId, direction };
}

type NextPort =
  | { readonly kind: 'port'; readonly port: Port }
  | { readonly kind: 'drop'; readonly because: DropReason };

/** The port a packet leaves by. What a gateway brings in goes to an interface of the VPC or nowhere. */
function nextPort(world: World, from: Port, packet: Packet, steps: Step[]): NextPort {
  if (from.kind !== 'eni') return localPort(world, from, packet);
  const { network, eni } = from;
  const table = tableOfSubnet(network, eni.vpcId, eni.subnetId);
  const match = table && matchRoute({ world, network }, table, packet.destination);
  if (!match) return { kind: 'drop', because: { kind: 'noRoute' } };
  steps.push({ kind: 'route', match });
  const { target } = match.route;
  if (target.kind === 'local') return localPort(world, from, packet);
  if (target.kind === 'internetGateway') {
    const gateway = network.internetGateway.get(target.id);
    if (gateway?.vpcId === from.vpcId) {
      return { kind: 'port', port: { kind: 'internetGateway', gateway, vpcId: from.vpcId, network } };
    }
  }
  return { kind: 'drop', because: { kind: 'blackhole', target } };
}

function localPort(world: World, from: Port, packet: Packet): NextPort {
  const [eni] = [...from.network.eni.by('ip', packet.destination)].filter(
    (each) => each.vpcId === from.vpcId,
  );
  const port = eni && interfaceWith(world, eni.id);
  if (!port) return { kind: 'drop', because: { kind: 'noInterface', what: packet.destination } };
  if (!isUp(port)) return { kind: 'drop', because: { kind: 'notAttached', what: port.eni.id } };
  return { kind: 'port', port };
}
