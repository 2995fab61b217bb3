/** The addresses of two worlds in classes that are alike in both. */
import { type Family, familyOf, ipNumber } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import type { EniId } from '#vpc/ids.ts';
import { pointOf } from './address-line.ts';
import { publicAddressOf } from './public-address.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';

export type ChangeKind = 'gained' | 'lost';

/** Addresses that are alike in both worlds. An address that a world lacks has no class there. */
export type Joint = {
  readonly id: number;
  readonly family: Family;
  readonly before: PointClass | undefined;
  readonly after: PointClass | undefined;
  readonly isTouched: boolean;
  /** One of them, in either world. */
  readonly example: { readonly before: Member | undefined; readonly after: Member | undefined };
  /** As they are after, or else before. */
  readonly members: Member[];
};

/** The joints of two worlds. */
export function jointsOf(
  before: ReachIndex,
  after: ReachIndex,
  touched: ReadonlySet<EniId>,
): readonly Joint[] {
  const joints = new Map<number, Joint>();
  const add = (eniId: EniId, one: Side | undefined, other: Side | undefined) => {
    const side = other ?? one;
    if (!side) return;
    const isTouched = touched.has(eniId);
    // Whether an address is public matters to what is asked about the outside, which is asked of the touched alone.
    const flags = isTouched ? 1 + (isPublic(one) ? 2 : 0) + (isPublic(other) ? 4 : 0) : 0;
    const key = (classNumber(one) * (after.classes.length + 1) + classNumber(other)) * 8 + flags;
    const known = joints.get(key);
    if (known) {
      known.members.push(side.member);
      return;
    }
    const { family } = side.point;
    const example = { before: one?.member, after: other?.member };
    const classes = { before: one?.point, after: other?.point };
    joints.set(key, { id: joints.size, family, ...classes, isTouched, example, members: [side.member] });
  };
  const old = heldIn(before);
  const met = new Set<Side>();
  for (const point of after.classes) {
    for (const member of point.members) {
      const held = old.get(member.eni.id)?.find((each) => each.member.ip === member.ip);
      if (held) met.add(held);
      add(member.eni.id, held ?? insidePrefix(before, member), { point, member });
    }
  }
  for (const [eniId, addresses] of met.size < sizeOf(before) ? old : []) {
    for (const held of addresses) if (!met.has(held)) add(eniId, held, insidePrefix(after, held.member));
  }
  return [...joints.values()];
}

/** A member of a class. */
type Side = { readonly point: PointClass; readonly member: Member };

/** 0 where there is no class. */
const classNumber = (side: Side | undefined): number => (side ? side.point.id + 1 : 0);

const sizeOf = ({ classes }: ReachIndex): number =>
  classes.reduce((sum, { members }) => sum + members.length, 0);

function heldIn({ classes }: ReachIndex): ReadonlyMap<EniId, readonly Side[]> {
  const found = new Map<EniId, Side[]>();
  for (const point of classes) {
    for (const member of point.members) {
      const own = found.get(member.eni.id);
      if (own) own.push({ point, member });
      else found.set(member.eni.id, [{ point, member }]);
    }
  }
  return found;
}

/**
 * The class of an address that an index holds only inside a delegated prefix: of that one of the prefix's members which
 * stands for it. Each world cuts its prefixes where its own rules begin and end.
 */
function insidePrefix(index: ReachIndex, { eni: { id }, ip }: Member): Side | undefined {
  const at = pointOf(ip);
  let found: Side | undefined;
  for (const point of index.byEni().get(id) ?? []) {
    for (const member of point.members) {
      if (member.eni.id !== id || familyOf(member.ip) !== familyOf(ip)) continue;
      const prefix = member.eni.prefixes?.find((each) => contains(each, ipNumber(ip)));
      const stands = prefix && contains(prefix, ipNumber(member.ip)) && pointOf(member.ip) <= at;
      if (stands && (!found || pointOf(found.member.ip) < pointOf(member.ip))) found = { point, member };
    }
  }
  return found && { point: found.point, member: { eni: found.member.eni, ip } };
}

function isPublic(side: Side | undefined): boolean {
  if (!side) return false;
  const { point, member } = side;
  return publicAddressOf(point.policy.network, member.eni, member.ip) !== undefined;
}

export const membersOf = ({ members }: Joint): readonly Member[] => members;
