/**
 * `decide`: what AWS does with one packet. This is the meaning of a network; the prover and the kernel are tested against
 * it. Written to be read, not to be fast.
 */
import type { World } from '#vpc/network.ts';
import type { Flows } from './flows.ts';
import { carry, fromInternet } from './gateways.ts';
import type { Onward } from './onward.ts';
import type { Packet } from './packet.ts';
import { portOfEndpoint, portOfEni } from './port.ts';
import { passRouter } from './router.ts';
import type { Decision, DropReason, Origin, Step } from './verdict.ts';

/** Most routers and gateways that a packet passes; more means that routes lead in a circle. */
const hopsMax = 16;

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
  const steps: Step[] = [];
  let memory = flows;
  let onward = start(world, flows, sent);
  for (let hops = 0; hops < hopsMax; hops++) {
    steps.push(...onward.steps);
    if (onward.kind === 'drop') return dropped(onward.because, steps, memory);
    if (onward.kind === 'outside') {
      const delivery = { kind: 'internet', packet: onward.packet } as const;
      return { verdict: { kind: 'accept', delivery, steps }, flows: onward.flows };
    }
    if (onward.kind === 'endpoint') {
      const { endpoint, packet } = onward;
      const at = { endpointId: endpoint.id, serviceName: endpoint.serviceName };
      return {
        verdict: { kind: 'accept', delivery: { kind: 'endpoint', ...at, packet }, steps },
        flows: onward.flows,
      };
    }
    const leg = passRouter(world, onward.flows, onward.port, onward.packet, nowMs);
    steps.push(...leg.steps);
    if (leg.kind === 'drop') return dropped(leg.because, steps, leg.flows);
    if (leg.kind === 'service') {
      const delivery = { kind: 'service', service: leg.service, packet: onward.packet } as const;
      return { verdict: { kind: 'accept', delivery, steps }, flows: leg.flows };
    }
    if (leg.to.kind === 'eni') {
      const delivery = { kind: 'eni', eniId: leg.to.eni.id, packet: leg.packet } as const;
      return { verdict: { kind: 'accept', delivery, steps }, flows: leg.flows };
    }
    memory = leg.flows;
    onward = carry(world, leg.flows, leg.to, leg.packet, nowMs);
  }
  return dropped({ kind: 'loop' }, steps, memory);
}

function start(world: World, flows: Flows, { packet, origin }: { packet: Packet; origin: Origin }): Onward {
  if (origin.kind === 'internet') return fromInternet(world, flows, packet, { ownTranslation: false });
  const port =
    origin.kind === 'eni' ? portOfEni(world, origin.eniId) : portOfEndpoint(world, origin.endpointId);
  const what = origin.kind === 'eni' ? origin.eniId : origin.endpointId;
  return port
    ? { kind: 'enter', port, packet, steps: [], flows }
    : { kind: 'drop', because: { kind: 'noInterface', what }, steps: [] };
}

function dropped(because: DropReason, steps: readonly Step[], flows: Flows): Decision {
  return { verdict: { kind: 'drop', because, steps }, flows };
}
