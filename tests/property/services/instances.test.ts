/**
 * Random sequences of requests about interfaces, instances and addresses, right and wrong ones: whatever is answered,
 * the network stays whole, a refusal changes nothing, and nothing but a refusal is thrown.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network } from '#vpc/network.ts';
import { isPoolAddress } from '#vpc/public-addresses.ts';
import { Account } from '../../support/account.ts';
import { type Random, seeded } from '../../support/random.ts';

const image = 'ami-0123456789abcdef0';
const absent = '0123456789abcdef0';

type Ids = {
  readonly instance: string;
  readonly eni: string;
  readonly subnet: string;
  readonly group: string;
  readonly allocation: string;
  readonly association: string;
  readonly attachment: string;
  readonly ip: string;
};

/** One id of each kind, mostly of something that is there. */
function idsOf(random: Random, network: Network): Ids {
  const of = (ids: readonly (string | undefined)[], unknown: string): string =>
    ids.length > 0 && random.chance(0.95) ? (random.pick(ids) ?? unknown) : unknown;
  const enis = [...network.eni.values()];
  const addresses = [...network.address.values()];
  return {
    instance: of(
      [...network.instance.values()].map(({ id }) => id),
      `i-${absent}`,
    ),
    eni: of(
      enis.map(({ id }) => id),
      `eni-${absent}`,
    ),
    subnet: of(
      [...network.subnet.values()].map(({ id }) => id),
      `subnet-${absent}`,
    ),
    group: of(
      [...network.securityGroup.values()].map(({ id }) => id),
      `sg-${absent}`,
    ),
    allocation: of(
      addresses.map(({ id }) => id),
      `eipalloc-${absent}`,
    ),
    association: of(
      addresses.flatMap(({ association }) => (association ? [association.id] : [])),
      `eipassoc-${absent}`,
    ),
    attachment: of(
      enis.flatMap(({ attachment }) => (attachment ? [attachment.id] : [])),
      `eni-attach-${absent}`,
    ),
    ip: of(
      enis.flatMap(({ privateIps }) => privateIps.map(({ address }) => address)),
      '172.31.0.77',
    ),
  };
}

type Request = readonly [action: string, input: object];

/** A request that may or may not make sense. */
function randomRequest(random: Random, network: Network): Request {
  const ids = idsOf(random, network);
  const launch = { ImageId: image, MinCount: 1, MaxCount: 1 + random.int(2) };
  const requests: readonly Request[] = [
    ['RunInstances', launch],
    ['RunInstances', { ...launch, SubnetId: ids.subnet, SecurityGroupIds: [ids.group] }],
    [
      'RunInstances',
      {
        ...launch,
        MaxCount: 1,
        NetworkInterfaces: [
          { DeviceIndex: 0, SubnetId: ids.subnet, SecondaryPrivateIpAddressCount: random.int(3) },
          random.chance(0.5)
            ? { DeviceIndex: 1, NetworkInterfaceId: ids.eni }
            : { DeviceIndex: 1, SubnetId: ids.subnet, DeleteOnTermination: random.chance(0.5) },
        ],
      },
    ],
    ['CreateNetworkInterface', { SubnetId: ids.subnet, Groups: [ids.group] }],
    ['CreateNetworkInterface', { SubnetId: ids.subnet, PrivateIpAddress: ids.ip }],
    ['DeleteNetworkInterface', { NetworkInterfaceId: ids.eni }],
    [
      'AttachNetworkInterface',
      { InstanceId: ids.instance, NetworkInterfaceId: ids.eni, DeviceIndex: random.int(4) },
    ],
    ['DetachNetworkInterface', { AttachmentId: ids.attachment }],
    ['AssignPrivateIpAddresses', { NetworkInterfaceId: ids.eni, SecondaryPrivateIpAddressCount: 1 }],
    [
      'AssignPrivateIpAddresses',
      { NetworkInterfaceId: ids.eni, PrivateIpAddresses: [ids.ip], AllowReassignment: random.chance(0.5) },
    ],
    ['UnassignPrivateIpAddresses', { NetworkInterfaceId: ids.eni, PrivateIpAddresses: [ids.ip] }],
    ['ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: ids.eni, Groups: [ids.group] }],
    ['ModifyInstanceAttribute', { InstanceId: ids.instance, Groups: [ids.group] }],
    ['AllocateAddress', {}],
    ['AssociateAddress', { AllocationId: ids.allocation, InstanceId: ids.instance }],
    [
      'AssociateAddress',
      {
        AllocationId: ids.allocation,
        NetworkInterfaceId: ids.eni,
        AllowReassociation: random.chance(0.7),
        ...(random.chance(0.5) ? { PrivateIpAddress: ids.ip } : {}),
      },
    ],
    ['DisassociateAddress', { AssociationId: ids.association }],
    ['ReleaseAddress', { AllocationId: ids.allocation }],
    ['StartInstances', { InstanceIds: [ids.instance] }],
    ['StopInstances', { InstanceIds: [ids.instance] }],
    ['TerminateInstances', { InstanceIds: [ids.instance] }],
  ];
  return random.pick(requests);
}

/** Everything that must hold of a network whatever was asked. */
function checkWhole(network: Network): void {
  const places = new Set<string>();
  const publicIps = new Set<string>();
  const take = (set: Set<string>, key: string): void => {
    assert.ok(!set.has(key), `${key} is held twice`);
    set.add(key);
  };
  for (const eni of network.eni.values()) {
    assert.equal(eni.privateIps.filter(({ isPrimary }) => isPrimary).length, 1, eni.id);
    assert.equal(eni.privateIps[0]?.isPrimary, true, eni.id);
    for (const { address, launchPublicIp } of eni.privateIps) {
      take(places, `${eni.vpcId} ${address}`);
      if (launchPublicIp) take(publicIps, launchPublicIp);
    }
    assert.ok(eni.groupIds.length > 0 && new Set(eni.groupIds).size === eni.groupIds.length, eni.id);
    for (const id of eni.groupIds) assert.equal(network.securityGroup.get(id)?.vpcId, eni.vpcId, id);
    if (!eni.attachment) continue;
    const { instanceId, deviceIndex } = eni.attachment;
    const instance = network.instance.get(instanceId);
    assert.ok(instance && instance.state !== 'terminated', `${eni.id} hangs on ${instanceId}`);
    take(places, `${instanceId} device ${deviceIndex}`);
    assert.equal(network.subnet.get(eni.subnetId)?.zone, instance.zone, eni.id);
    const isLent = eni.privateIps.some(({ launchPublicIp }) => launchPublicIp);
    assert.ok(!isLent || instance.state === 'running', `${eni.id} has a public address while stopped`);
  }
  for (const { id, publicIp, association } of network.address.values()) {
    take(publicIps, publicIp);
    assert.ok(isPoolAddress(publicIp), publicIp);
    if (!association?.eniId) continue;
    const eni = network.eni.get(association.eniId);
    const held = eni?.privateIps.find(({ address }) => address === association.privateIp);
    assert.ok(held && !held.launchPublicIp, `${id} leads to an address that nobody has`);
    take(places, `elastic ${association.eniId} ${association.privateIp}`);
  }
  for (const { id, state } of network.instance.values()) {
    const count = network.eni.countBy('instance', id);
    assert.ok(state === 'terminated' ? count === 0 : count > 0, `${id} is ${state} with ${count} interfaces`);
  }
  for (const { id, attachment } of network.volume.values()) {
    if (attachment) assert.notEqual(network.instance.get(attachment.instanceId)?.state, 'terminated', id);
  }
}

const describes = [
  'DescribeInstances',
  'DescribeInstanceStatus',
  'DescribeNetworkInterfaces',
  'DescribeAddresses',
  'DescribeVolumes',
];

/** Requests of one run; each seed is one run. */
const steps = 150;
const runs = Number(process.env['RAMPART_PROPERTY_RUNS'] ?? 40);

test('the network stays whole under any sequence of requests', () => {
  const outcomes = new Map<string, number>();
  for (let seed = 1; seed <= runs; seed++) {
    const random = seeded(seed);
    const account = new Account({ quotas: { elasticIpsPerRegion: 8 } });
    for (let step = 0; step < steps; step++) {
      const [action, input] = randomRequest(random, account.network);
      const before = account.world;
      const outcome = account.attempt(action, input);
      const code = outcome.kind === 'ok' ? 'ok' : outcome.code;
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
      if (outcome.kind === 'refused') assert.equal(account.world, before);
      try {
        checkWhole(account.network);
      } catch (fault) {
        throw new Error(`seed ${seed}, step ${step}, ${action} ${JSON.stringify(input)}`, { cause: fault });
      }
      account.nowMs += random.pick([0, 400, 2000, 1_900_000]);
    }
    for (const action of describes) account.call(action);
  }
  const ok = outcomes.get('ok') ?? 0;
  assert.ok(ok > (runs * steps) / 3, `only ${ok} of ${runs * steps} requests made sense`);
  assert.ok(outcomes.size > 10, 'the wrong requests are wrong in too few ways');
});
