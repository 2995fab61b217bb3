/** Headers worth trying between the two ends of a path, sent and answered without a load balancer in between. */
import type { Ip } from '#net/address.ts';
import { ephemeralPort } from '#policy/can.ts';
import { type Endpoint, internetHosts, resolveEndpoint } from '#policy/endpoint.ts';
import { publicIpOf } from '#policy/internet.ts';
import { portOfEni } from '#policy/port.ts';
import { enisAt } from '#vpc/eni-addresses.ts';
import { locate, type World } from '#vpc/network.ts';
import {
  addressesOfPeer,
  destinationPorts,
  internetCandidates,
  type Outside,
  sourcePorts,
} from './path-candidates.ts';
import type { PathQuestion } from './path-question.ts';
import { type Ports, type Trial, tryEndpoints, tryPeering } from './path-trial.ts';

/** The trials of a question, those that are likely to work first. */
export function* trialsOf(world: World, question: PathQuestion): IterableIterator<Trial> {
  const { from, to } = question;
  if (from.kind === 'eni' && to.kind === 'peering') yield* peeringTrials(world, question, from.eniId, to);
  else if (from.kind === 'peering' && to.kind === 'eni')
    yield* peeringTrials(world, question, to.eniId, from);
  else if (from.kind === 'eni') yield* trialsFrom(world, question, from.eniId);
  else if (from.kind === 'internetGateway' && to.kind === 'eni')
    yield* inwardTrials(world, question, to.eniId);
}

const numberOf = ({ protocol }: PathQuestion): 6 | 17 => (protocol === 'tcp' ? 6 : 17);

/** Ports and client ports of one pair of ends, until a client port was found from which the answer returns. */
function* withPorts(
  world: World,
  question: PathQuestion,
  destination: number,
  send: (ports: Ports) => Trial | undefined,
): IterableIterator<Trial> {
  const { protocol, atSource, atDestination } = question;
  const span = atSource.sourcePorts ?? atDestination.sourcePorts;
  for (const source of sourcePorts(world, span, ephemeralPort)) {
    const trial = send({ protocol, destination, source });
    if (trial) yield trial;
    // The client port matters to ACLs alone; where none of them stops the packet, no other port helps.
    if (!trial || !stoppedByAcl(trial)) return;
  }
}

function stoppedByAcl({ forward, back }: Trial): boolean {
  return [forward, back].some((way) => way?.verdict.kind === 'drop' && way.verdict.because.kind === 'acl');
}

const spanOf = ({ atSource, atDestination }: PathQuestion) =>
  atSource.destinationPorts ?? atDestination.destinationPorts;

function* trialsFrom(world: World, question: PathQuestion, eniId: string): IterableIterator<Trial> {
  const { to, atSource } = question;
  for (const from of endpointsOf(world, eniId, atSource.sourceAddress)) {
    if (to.kind === 'internetGateway' && !pinnedTarget(question)) {
      yield* outwardTrials(world, question, from);
      continue;
    }
    for (const target of targetsOf(world, question, from)) {
      const enis = [eniId, ...(target.kind === 'eni' ? [target.eniId] : [])];
      for (const port of destinationPorts(world, enis, numberOf(question), spanOf(question))) {
        yield* withPorts(world, question, port, (ports) => tryEndpoints(world, from, target, ports));
      }
    }
  }
}

type EniEndpoint = Extract<Endpoint, { kind: 'eni' }>;

/** The private addresses of an interface, or the one that is asked for; a public one stands for what is behind it. */
function endpointsOf(world: World, eniId: string, wanted: Ip | undefined): readonly EniEndpoint[] {
  const port = portOfEni(world, eniId);
  return (port?.eni.privateIps ?? []).flatMap(({ address }): readonly EniEndpoint[] => {
    const plain = { kind: 'eni', eniId, ip: address } as const;
    if (wanted === undefined || wanted === address) return [plain];
    const publicIp = port && publicIpOf(port.network, port.eni, address);
    return publicIp === wanted ? [{ ...plain, publicIp }] : [];
  });
}

const pinnedTarget = ({ atSource, atDestination }: PathQuestion): Ip | undefined =>
  atSource.destinationAddress ?? atDestination.destinationAddress;

function targetsOf(world: World, question: PathQuestion, from: EniEndpoint): readonly Endpoint[] {
  const { to } = question;
  const pinned = pinnedTarget(question);
  if (to.kind === 'eni') return endpointsOf(world, to.eniId, pinned);
  const ip = to.kind === 'address' ? to.ip : pinned;
  return ip === undefined ? [] : [addressTarget(world, from, ip)];
}

/** Who has an address as the sender sees it: of its own VPC first. */
function addressTarget(world: World, from: EniEndpoint, ip: Ip): Endpoint {
  const own = portOfEni(world, from.eniId);
  const near = [...(own ? enisAt(own.network, ip) : [])].find(({ vpcId }) => vpcId === own?.vpcId);
  if (near) return { kind: 'eni', eniId: near.id, ip };
  const resolved = resolveEndpoint(world, ip);
  const [found] = resolved.kind === 'found' ? resolved.endpoints : [];
  // Nobody has it: sent there, the packet tells where it is lost.
  return found ?? { kind: 'internet', ip };
}

function* outwardTrials(world: World, question: PathQuestion, from: EniEndpoint): IterableIterator<Trial> {
  const at = { eniId: from.eniId, ip: from.ip, direction: 'egress' } as const;
  const candidates = internetCandidates(world, at, numberOf(question), spanOf(question));
  for (const { ip, port } of orUsual(candidates, question)) {
    const to = { kind: 'internet', ip } as const;
    yield* withPorts(world, question, port, (ports) => tryEndpoints(world, from, to, ports));
  }
}

function* inwardTrials(world: World, question: PathQuestion, eniId: string): IterableIterator<Trial> {
  const { atSource } = question;
  const pinned = atSource.sourceAddress;
  for (const to of endpointsOf(world, eniId, pinnedTarget(question))) {
    if (pinned) {
      for (const port of destinationPorts(world, [eniId], numberOf(question), spanOf(question))) {
        const from = { kind: 'internet', ip: pinned } as const;
        yield* withPorts(world, question, port, (ports) => tryEndpoints(world, from, to, ports));
      }
      continue;
    }
    const at = { eniId, ip: to.ip, direction: 'ingress' } as const;
    const candidates = internetCandidates(world, at, numberOf(question), spanOf(question));
    for (const { ip, port } of orUsual(candidates, question)) {
      const from = { kind: 'internet', ip } as const;
      yield* withPorts(world, question, port, (ports) => tryEndpoints(world, from, to, ports));
    }
  }
}

/** The candidates; where there are none, a host that shows why. */
function* orUsual(candidates: Iterable<Outside>, question: PathQuestion): IterableIterator<Outside> {
  let isEmpty = true;
  for (const each of candidates) {
    isEmpty = false;
    yield each;
  }
  if (isEmpty) yield { ip: internetHosts.ipv4, port: spanOf(question)?.from ?? 0 };
}

function* peeringTrials(
  world: World,
  question: PathQuestion,
  eniId: string,
  { peeringId }: { readonly peeringId: string },
): IterableIterator<Trial> {
  const { from, atSource, atDestination } = question;
  const direction = from.kind === 'eni' ? 'toPeer' : 'fromPeer';
  const own = portOfEni(world, eniId);
  const peering = locate(world, 'peering', peeringId)?.entity;
  if (!own || peering?.status !== 'active') return;
  const far = peering.requester.vpcId === own.vpcId ? peering.accepter : peering.requester;
  const [near, other] =
    direction === 'toPeer'
      ? [atSource.sourceAddress, pinnedTarget(question)]
      : [pinnedTarget(question), atSource.sourceAddress ?? atDestination.sourceAddress];
  const addresses = other === undefined ? addressesOfPeer(world, eniId, far.vpcId) : [other];
  for (const { ip } of endpointsOf(world, eniId, near)) {
    for (const address of addresses) {
      for (const port of destinationPorts(world, [eniId], numberOf(question), spanOf(question))) {
        const ends = { eniId, ip, peeringId, far: address, direction } as const;
        yield* withPorts(world, question, port, (ports) => tryPeering(world, ends, ports));
      }
    }
  }
}
