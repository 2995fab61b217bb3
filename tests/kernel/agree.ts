/** Hand-written scenarios: kernel, `decide` and the expected verdict must be one. */
import assert from 'node:assert/strict';
import { decide } from '#policy/decide.ts';
import { type Flows, noFlows } from '#policy/flows.ts';
import type { World } from '#vpc/network.ts';
import { eniId } from '../support/network.ts';
import { type Addresses, origin, packet, type ScenarioStep, summary } from '../support/packets.ts';
import type { LabRig } from './lab-rig.ts';

/** Sends the packets of a scenario one by one; the kernel and `decide` must both give the expected verdict. */
export async function agree(rig: LabRig, at: Addresses, steps: readonly ScenarioStep[]): Promise<void> {
  let flows: Flows = noFlows;
  let current: World | undefined;
  for (const [index, [wanted, from, to, transport, expected]] of steps.entries()) {
    if (wanted !== current) await rig.to(wanted);
    current = wanted;
    const [name = '', source = name] = from.split('=');
    const place = origin(at, name);
    const sent = {
      packet: packet(at, source, to, transport),
      origin: place.kind === 'eni' ? { kind: 'eni' as const, eniId: eniId(name.slice(0, 1)) } : place,
    };
    const decision = decide(wanted, flows, sent, 1000);
    flows = decision.flows;
    const [arrival] = await rig.exchange([sent]);
    const what = `step ${index}: ${from} → ${to} ${JSON.stringify(transport)}`;
    assert.equal(summary(decision.verdict), expected, `decide, ${what}`);
    assert.equal(arrival ? 'accept' : 'drop', expected === 'accept' ? 'accept' : 'drop', `kernel, ${what}`);
    if (decision.verdict.kind !== 'accept' || !arrival) continue;
    const { delivery } = decision.verdict;
    assert.equal(arrival.at, delivery.kind === 'eni' ? delivery.eniId : delivery.packet.destination, what);
    assert.equal(arrival.frame.source, delivery.packet.source, what);
    assert.equal(arrival.frame.destination, delivery.packet.destination, what);
  }
}
