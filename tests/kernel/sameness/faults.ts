/** Ways to plant faults: in the batches that the lab sends to the kernel, or where no batch shows them. */
import { ConntrackSocket } from '#kernel/conntrack/socket.ts';
import { LabKernel } from '#kernel/lab/kernel.ts';
import type { Command, Element, Field, NftRule, SetSpec, Statement } from '#kernel/nft/statement.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import type { Tamper } from '../tap.ts';

/** Changes each rule of chains with such names; undefined takes it away. */
export const inRules =
  (chains: RegExp, change: (rule: NftRule) => NftRule | undefined): Tamper =>
  (commands) =>
    commands.flatMap((each): readonly Command[] => {
      if (each.kind !== 'addRule' || !chains.test(each.chain)) return [each];
      const rule = change(each.rule);
      return rule ? [{ ...each, rule }] : [];
    });

export const inElements =
  (sets: RegExp, change: (element: Element) => Element): Tamper =>
  (commands) =>
    commands.map((each) =>
      each.kind === 'addElements' && sets.test(each.set.name)
        ? { ...each, elements: each.elements.map(change) }
        : each,
    );

export const without =
  (is: (statement: Statement) => boolean) =>
  (rule: NftRule): NftRule | undefined =>
    rule.some(is) ? undefined : rule;
export const leadsTo = (chain: string) => (each: Statement) =>
  each.kind === 'verdict' && 'chain' in each && each.chain === chain;
export const asks = (set: RegExp) => (each: Statement) => each.kind === 'lookup' && set.test(each.set);
export const goesTo = (element: Element, rename: (chain: string) => string): Element =>
  element.data?.kind === 'goto'
    ? { ...element, data: { ...element.data, chain: rename(element.data.chain) } }
    : element;
export const swapPorts = (rule: NftRule): NftRule =>
  rule.map((each) =>
    each.kind === 'lookup'
      ? {
          ...each,
          fields: each.fields.map((field) =>
            field === 'th sport' ? 'th dport' : field === 'th dport' ? 'th sport' : field,
          ),
        }
      : each,
  );
/** Whether the batch moves the epoch and does nothing else. */
export const movesEpoch = (commands: readonly Command[]) =>
  commands.some((each) => each.kind === 'flushChain' && each.chain === 'fast') &&
  commands.every(({ kind }) => kind !== 'addTable');
/** Whoever this bit of the conntrack mark stands for gets no entry, nor does who gets one in this chain. */
export const withoutEntry =
  (bit: 1 | 2, chain: RegExp): Tamper =>
  (commands) => {
    const begins = inRules(/^begin\d$/, (rule) =>
      rule.map((each) => (each.kind === 'setCtMark' ? { ...each, or: (each.or & ~bit) >>> 0 } : each)),
    );
    return inRules(chain, () => undefined)(begins(commands));
  };

/** An element keeps its first value: nothing of sets with such names is replaced, though added and removed. */
export const keeping =
  (sets: RegExp): Tamper =>
  (commands) => {
    const keysIn = (kind: 'addElements' | 'deleteElements') =>
      new Set(
        commands.flatMap((each) =>
          each.kind === kind && sets.test(nameOf(each.set)) ? each.elements.map(keyOf(each.set)) : [],
        ),
      );
    const replaced = keysIn('addElements').intersection(keysIn('deleteElements'));
    return commands.flatMap((each): readonly Command[] => {
      if (each.kind !== 'addElements' && each.kind !== 'deleteElements') return [each];
      const elements = each.elements.filter((element) => !replaced.has(keyOf(each.set)(element)));
      return elements.length > 0 ? [{ ...each, elements }] : [];
    });
  };
const nameOf = (set: string | SetSpec): string => (typeof set === 'string' ? set : set.name);
const keyOf = (set: string | SetSpec) => (element: Pick<Element, 'key'>) =>
  `${nameOf(set)} ${element.key.map((part) => (typeof part === 'object' ? `${part.first}-${part.last}` : part)).join(' ')}`;
/** Nothing gets into sets with such names. */
export const emptied =
  (sets: RegExp): Tamper =>
  (commands) =>
    commands.filter(
      (each) =>
        (each.kind !== 'addElements' && each.kind !== 'deleteElements') || !sets.test(nameOf(each.set)),
    );

export const isPorts = (set: string | SetSpec): boolean => typeof set === 'object' && set.name === 'ports';

export function swapEnds(statement: Statement): Statement {
  if (statement.kind !== 'lookup') return statement;
  const fields = statement.fields.map(
    (field) => (endSwaps as Readonly<Partial<Record<Field, Field>>>)[field] ?? field,
  );
  return { ...statement, fields };
}

const endSwaps = {
  'ip saddr': 'ip daddr',
  'ip daddr': 'ip saddr',
  'ip6 saddr': 'ip6 daddr',
  'ip6 daddr': 'ip6 saddr',
} as const;

export function swapHolders(element: Element): Element {
  return goesTo(element, (chain) => ({ s01: 's10', s10: 's01' })[chain] ?? chain);
}

/** What ports of interfaces have once got into sets with such names neither leaves nor changes. */
export function neverLeaving(sets: RegExp): Tamper {
  const held = new Set<string>();
  return (commands) => {
    if (commands.some(({ kind }) => kind === 'addTable')) held.clear();
    return commands.flatMap((each): readonly Command[] => {
      if (each.kind !== 'addElements' && each.kind !== 'deleteElements') return [each];
      if (!sets.test(each.set.name)) return [each];
      const isOfOthers = ({ key }: Element) => !String(key[0]).startsWith('e');
      const elements = each.elements.filter((element) => {
        if (isOfOthers(element)) return true;
        const text = keyOf(each.set)(element);
        const isNew = each.kind === 'addElements' && !held.has(text);
        held.add(text);
        return isNew;
      });
      return elements.length > 0 ? [{ ...each, elements }] : [];
    });
  };
}

/** Batches that change the ACLs of two subnets at once leave all ACLs as they were. */
export const keepingExchangedAcls: Tamper = (commands) => {
  const subnetOf = (each: Command) =>
    each.kind === 'addElements' || each.kind === 'deleteElements'
      ? /^a[io]_([0-9a-f]{17})_[46]$/.exec(nameOf(each.set))?.[1]
      : undefined;
  const changed = new Set(commands.flatMap((each) => subnetOf(each) ?? []));
  const isFirst = commands.some(({ kind }) => kind === 'addTable');
  return changed.size < 2 || isFirst ? commands : commands.filter((each) => subnetOf(each) === undefined);
};

/** Flows that are to be forgotten stay. */
export function keepsFlows(): () => void {
  const forget = ConntrackSocket.prototype.delete;
  ConntrackSocket.prototype.delete = () => 0;
  return () => {
    ConntrackSocket.prototype.delete = forget;
  };
}

/** Tables that are to forget all flows forget none: NAT gateways, here. */
export function keepsTranslations(): () => void {
  const { flush } = ConntrackSocket.prototype;
  ConntrackSocket.prototype.flush = () => {};
  return () => {
    ConntrackSocket.prototype.flush = flush;
  };
}

/** Gateways forget no flows of addresses that have moved. */
export function gatewaysKeepFlows(): () => void {
  const { forgetFlows } = LabKernel.prototype;
  LabKernel.prototype.forgetFlows = function (this: LabKernel, namespace, filters) {
    if (!namespace.includes('-g-')) forgetFlows.call(this, namespace, filters);
  };
  return () => {
    LabKernel.prototype.forgetFlows = forgetFlows;
  };
}

/** What is forgotten in the router of one VPC is forgotten in all routers and gateways. */
export function forgetsEverywhere(): () => void {
  const { flows, forgetFlows } = LabKernel.prototype;
  const known = new WeakMap<LabKernel, Set<string>>();
  LabKernel.prototype.flows = function (this: LabKernel, namespace) {
    known.set(this, (known.get(this) ?? new Set()).add(namespace));
    return flows.call(this, namespace);
  };
  LabKernel.prototype.forgetFlows = function (this: LabKernel, _, filters) {
    for (const namespace of known.get(this) ?? []) forgetFlows.call(this, namespace, filters);
  };
  return () => {
    Object.assign(LabKernel.prototype, { flows, forgetFlows });
  };
}

/** Routes of route tables stay when they should go. */
export function keepsRoutes(): () => void {
  const { deleteRoute } = RouteSocket.prototype;
  RouteSocket.prototype.deleteRoute = function (this: RouteSocket, key) {
    return key.table >= 10_000 || deleteRoute.call(this, key);
  };
  return () => {
    RouteSocket.prototype.deleteRoute = deleteRoute;
  };
}
