/** A world as the output of the AWS CLI: asked of Rampart's own operations, so that both always agree. */
import { commandOf, regionCalls } from '#import/describe/calls.ts';
import { perform } from '#services/dispatch.ts';
import type { Context } from '#services/operation.ts';
import { Transaction } from '#state/transaction.ts';
import { kinds, type Network, networkOf, type World } from '#vpc/network.ts';
import { type Scope, scopeOfKey } from '#vpc/scope.ts';
import { attributeFiles } from './attributes.ts';
import { balancerOutputs } from './balancers.ts';
import { recordFiles } from './records.ts';
import { transitOutputs } from './transit.ts';

/** One file: its path as parts, and what the CLI would have printed. */
export type DescribedFile = {
  readonly folder: readonly string[];
  readonly name: string;
  readonly body: object;
};

/** The output of every describe call, per account and region, one file each, and one per prefix list and version. */
export function* describeWorld(world: World, nowMs: number): Iterable<DescribedFile> {
  for (const key of world.keys()) {
    const scope = scopeOfKey(key);
    // A scope that was used once is known for ever, also where nothing is left in it.
    if (kinds.every((kind) => networkOf(world, scope)[kind].size === 0)) continue;
    const folder = [scope.account, scope.region];
    const asked = askerOf(world, scope, nowMs);
    for (const { action } of regionCalls) {
      yield { folder, name: `${commandOf(action)}.json`, body: asked(action, {}) };
    }
    for (const file of recordFiles(asked)) yield { folder, ...file };
    for (const file of attributeFiles(networkOf(world, scope), asked)) yield { folder, ...file };
    yield* foreignFiles(networkOf(world, scope), scope, folder);
    for (const list of networkOf(world, scope).prefixList.values()) {
      const action = 'GetManagedPrefixListEntries';
      const name = `${commandOf(action)}.${list.id}`;
      yield { folder, name: `${name}.json`, body: asked(action, { PrefixListId: list.id }) };
      for (const { version } of list.history) {
        if (version === list.version) continue;
        const body = asked(action, { PrefixListId: list.id, TargetVersion: version });
        yield { folder, name: `${name}.version-${version}.json`, body };
      }
    }
    for (const { id } of networkOf(world, scope).vpc.values()) {
      for (const attribute of ['enableDnsSupport', 'enableDnsHostnames']) {
        const action = 'DescribeVpcAttribute';
        const body = asked(action, { VpcId: id, Attribute: attribute });
        yield { folder, name: `${commandOf(action)}.${id}.${attribute}.json`, body };
      }
    }
    for (const subnet of networkOf(world, scope).subnet.values()) {
      const action = 'GetSubnetCidrReservations';
      const body = asked(action, { SubnetId: subnet.id });
      if (Object.values(body).some((each) => Array.isArray(each) && each.length > 0)) {
        yield { folder, name: `${commandOf(action)}.${subnet.id}.json`, body };
      }
    }
  }
}

/** What the server's own API does not answer. */
function* foreignFiles(network: Network, scope: Scope, folder: readonly string[]): Iterable<DescribedFile> {
  for (const { command, subject, body } of [...transitOutputs(network, scope), ...balancerOutputs(network)]) {
    yield { folder, name: `${command}${subject === undefined ? '' : `.${subject}`}.json`, body };
  }
}

/** Describe operations seal nothing. */
const noSealer: Context['sealer'] = {
  seal: () => {
    throw new Error('a describe operation seals nothing');
  },
  unseal: () => undefined,
};

type Page = Readonly<Record<string, unknown>>;

/** Asks one action of a scope, all pages as one. */
function askerOf(world: World, scope: Scope, nowMs: number): (action: string, input: object) => object {
  const context: Context = {
    caller: { scope, principal: `arn:aws:iam::${scope.account}:root`, userId: scope.account },
    transaction: Transaction.begin(world, scope),
    nowMs,
    hex17: () => {
      throw new Error('a describe operation makes no ids');
    },
    requestId: '',
    sealer: noSealer,
  };
  return (action, input) => {
    let whole: Page = {};
    let token: unknown;
    do {
      const asked = token === undefined ? input : { ...input, NextToken: token };
      const outcome = perform({ service: 'ec2', action, input: asked }, context);
      if (outcome.kind === 'refused') throw new Error(`${action}: ${outcome.code}: ${outcome.message}`);
      const page = outcome.output as Page;
      whole = joined(whole, page);
      token = page['NextToken'];
    } while (token !== undefined);
    return whole;
  };
}

/** Lists one after the other, everything else as on the last page. */
function joined(first: Page, second: Page): Page {
  const { NextToken: _, ...rest } = second;
  return Object.fromEntries(
    Object.entries({ ...first, ...rest }).map(([name, value]) => {
      const before = first[name];
      return [name, Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value];
    }),
  );
}

/** JSON as the CLI writes it: four blanks, and times with the offset that Python writes. */
export function cliJson(body: object): string {
  const plain = (_name: string, value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? pythonTime(value) : value;
  return `${JSON.stringify(body, plain, 4)}\n`;
}

/** `2026-01-31T12:00:00+00:00`, with a fraction only where there is one. */
function pythonTime(text: string): string {
  return text.replace(/(?:\.000)?Z$/, '+00:00');
}
