import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { publicIpOf } from '#policy/internet.ts';
import type { Eni } from '#vpc/eni.ts';
import { ip } from '../../tests/support/network.ts';
import { seeded } from '../../tests/support/random.ts';
import { randomProofWorld } from '../../tests/support/random-proof-world.ts';
import { publicAddressOf } from './public-address.ts';
import { remembered } from './remembered.ts';

/** The interface with addresses that it got at launch. */
const lent = (eni: Eni): Eni => ({
  ...eni,
  privateIps: eni.privateIps.map((each, at) => ({ ...each, launchPublicIp: ip(`54.0.0.${at}`) })),
});

test('public addresses of random worlds are those of policy, lent and elastic ones', () => {
  const seen = { none: 0, lent: 0, elastic: 0 };
  for (let seed = 1; seed <= 40; seed++) {
    for (const network of randomProofWorld(seeded(seed)).values()) {
      for (const eni of [...network.eni.values()].flatMap((each) => [each, lent(each)])) {
        for (const { address, launchPublicIp } of eni.privateIps) {
          const expected = publicIpOf(network, eni, address);
          equal(publicAddressOf(network, eni, address), expected, `${seed} ${eni.id} ${address}`);
          seen[expected === undefined ? 'none' : expected === launchPublicIp ? 'lent' : 'elastic']++;
        }
      }
    }
  }
  deepEqual(
    Object.values(seen).map((count) => count > 0),
    [true, true, true],
    JSON.stringify(seen),
  );
});

test('an answer is computed once for each subject, also where it is undefined', () => {
  const asked: object[] = [];
  const [one, other] = [{ answer: 1 }, { answer: undefined }];
  const answerOf = remembered((subject: { readonly answer: number | undefined }) => {
    asked.push(subject);
    return subject.answer;
  });
  deepEqual([answerOf(one), answerOf(other), answerOf(other), answerOf(one)], [1, undefined, undefined, 1]);
  deepEqual(asked, [one, other]);
});
