/** Whatever a packet should be judged by and is missing from the table counts as a refusal. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { portName, vpcTable } from '#kernel/dataplane/names.ts';
import { back, setMark } from '#kernel/dataplane/statements.ts';
import { vpcSets } from '#kernel/dataplane/vpc-sets.ts';
import type { Element, NftRule, SetSpec } from '#kernel/nft/statement.ts';
import { eniId, type NetworkSpec } from '../../support/network.ts';
import { udp } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { a: { cidr: '10.0.1.0/24' }, b: { cidr: '10.0.2.0/24' } },
  groups: {
    client: { egress: ['udp/53 10.0.0.0/16'] },
    server: { ingress: ['udp/53 10.0.0.0/16'] },
  },
  enis: {
    c: { subnet: 'a', ips: ['10.0.1.10'], groups: ['client'] },
    s: { subnet: 'b', ips: ['10.0.2.20'], groups: ['server'] },
  },
};

/** The last rule of a chain, which takes what no rule took, lets it through instead. */
const endsOpen = (rules: readonly NftRule[]): readonly NftRule[] => [
  ...rules.slice(0, -1),
  [setMark(0), back],
];

const has = (port: string) => (element: Element) => element.key[0] === port;
const leads = (prefix: string) => (element: Element) =>
  element.data?.kind === 'goto' &&
  element.data.chain.startsWith(prefix) &&
  element.data.chain !== `${prefix}0`;
const [clientPort, serverPort] = ['c', 's'].map((name) => portName(eniId(name)));

/** What is missing, which set held it, and the chains whose end keeps packets back then. */
const missing: readonly {
  readonly what: string;
  readonly set: SetSpec;
  readonly is: (element: Element) => boolean;
  readonly chains: readonly string[];
}[] = [
  { what: 'the sender’s source', set: vpcSets.id4, is: has(clientPort ?? ''), chains: ['src4'] },
  {
    what: 'the sender’s port',
    set: vpcSets.ports,
    is: has(clientPort ?? ''),
    chains: ['egress', 'acl_o', 'acl'],
  },
  {
    what: 'the receiver’s port',
    set: vpcSets.ports,
    is: has(serverPort ?? ''),
    chains: ['acl'],
  },
  { what: 'the sender’s class', set: vpcSets.classOut, is: leads('o'), chains: ['egress'] },
  { what: 'the receiver’s class', set: vpcSets.classIn, is: leads('i'), chains: ['ingress'] },
  { what: 'the sender’s ACL', set: vpcSets.aclOut, is: leads('ao_'), chains: ['acl_o', 'acl'] },
  { what: 'the receiver’s ACL', set: vpcSets.aclIn, is: leads('ai_'), chains: ['acl'] },
];

describe('a missing entry is closed', { skip }, async () => {
  const rig = await TrapRig.start('miss', spec);

  for (const [index, { what, set, is, chains }] of missing.entries()) {
    test(what, async () => {
      const attack = () => rig.passes('c', 's', udp(1001 + index, 53));
      assert.equal(await attack(), true);
      const taken = rig.withTables((tables) => tables.elements(vpcTable, set)).filter(is);
      assert.notEqual(taken.length, 0);
      const keys = taken.map(({ key }) => ({ key }));
      rig.withTables((tables) =>
        tables.apply([{ kind: 'deleteElements', table: vpcTable, set, elements: keys }]),
      );
      rig.withFlows((flows) => flows.flush());
      try {
        assert.equal(await attack(), false);
        await rig.without(
          chains.map((chain) => ({ chain, rules: endsOpen })),
          async () => assert.equal(await attack(), true, 'where a miss is not refused'),
        );
      } finally {
        rig.withTables((tables) =>
          tables.apply([{ kind: 'addElements', table: vpcTable, set, elements: taken }]),
        );
      }
      assert.equal(await attack(), true);
    });
  }
});
