/** What an attribute that only the apply tells will hold, as far as the sources of its expression lead to it. */
import { textOf, textsOf } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import { idsAt, idsIn, prefixes } from './id-kinds.ts';
import type { Resource } from './plan.ts';
import type { References, Source } from './references.ts';

/**
 * The resource's id; of one that is yet to be made a stand-in that follows from its address alone. An instance that takes
 * another's place keeps that one's id here: what it reaches is compared with what that did.
 */
export function idOfResource({ type, address, values, replaced = {} }: Resource): string {
  const former = type === 'aws_instance' ? textOf(replaced, 'id') : undefined;
  return textOf(values, 'id') ?? former ?? `${prefixes[type] ?? type}-${stableHex(address)}`;
}

/** What AWS makes with every VPC; the ids stand in for those of VPCs that are yet to be made. */
const vpcCompanions = {
  default_security_group_id: 'sg',
  default_network_acl_id: 'acl',
  default_route_table_id: 'rtb',
  main_route_table_id: 'rtb',
} as const;

export function companionId(vpc: Resource, attribute: keyof typeof vpcCompanions): string {
  const known = textOf(vpc.values, attribute);
  const kind = vpcCompanions[attribute];
  return known ?? `${kind}-${stableHex(`${vpc.address} default ${kind}`)}`;
}

/** The primary interface of an instance; of one that is yet to be made a stand-in. */
export function primaryInterfaceId({ address, values, replaced = {} }: Resource): string {
  const name = 'primary_network_interface_id';
  return textOf(values, name) ?? textOf(replaced, name) ?? `eni-${stableHex(`${address} primary`)}`;
}

type AttributeSource = Source & { readonly kind: 'attribute' };
type Hidden = Source & { readonly kind: 'hidden' };

/** A value that an attribute may have, whose it is, and whether only the apply tells it. */
export type Candidate = { readonly text: string; readonly of: Resource; readonly isNew: boolean };

export type Origin = {
  readonly candidates: readonly Candidate[];
  /** Whether there may be others that nobody knows. */
  readonly isOpen: boolean;
  /** The one value, where the sources lead to one alone. */
  readonly single?: Candidate | undefined;
  /** The local that the one value was inferred from: nothing else in its module can be it. */
  readonly inferredFrom?: string | undefined;
};

type Asked = { readonly block?: string | undefined; readonly depth?: number };

/** Far above any chain of attributes that take over each other's values. */
const depthMax = 8;

/** Everything that an attribute, or one of a nested block, can be. */
export function originOf(
  references: References,
  resource: Resource,
  attribute: string,
  { block, depth = depthMax }: Asked = {},
): Origin {
  const sources = depth > 0 ? references.of(resource, attribute, block) : undefined;
  if (!sources) return { candidates: [], isOpen: true };
  const wanted = idsIn(attribute);
  const isList = references.isList(resource, block);
  const all = sources.filter((each) => each.kind === 'attribute');
  // An id is made from nothing but ids; of other values nobody knows what the expression does with them.
  const fitting = wanted || isList ? all.filter((each) => fits(each, attribute)) : all;
  const hidden = sources.filter((each) => each.kind === 'hidden');
  const found = fitting.map((each) => candidatesAt(references, each, depth - 1));
  const candidates = distinct(found.flatMap((each) => each ?? []));
  const isOpen = candidates.length === 0 || found.includes(undefined) || (hidden.length > 0 && !isList);
  if (!isOpen) {
    const isElsewhereUnknown = all.some((each) => !fitting.includes(each) && isNew(each));
    return { candidates, isOpen, single: singleOf(candidates, isElsewhereUnknown) };
  }
  if (!wanted || found.includes(undefined)) return { candidates, isOpen };
  return { candidates, isOpen, ...inferred(references, { candidates, hidden, attribute }) };
}

/** Of several values, the only one that is not known already: else the attribute would be known too. */
function singleOf(candidates: readonly Candidate[], isElsewhereUnknown: boolean): Candidate | undefined {
  if (candidates.length < 2) return candidates[0];
  const fresh = candidates.filter((each) => each.isNew);
  return fresh.length === 1 && !isElsewhereUnknown ? fresh[0] : undefined;
}

/**
 * A plan does not have the values of locals, but a local is made from what stands in its module. What only the apply
 * tells is then among the ids there that only the apply tells.
 */
function inferred(
  references: References,
  from: {
    readonly candidates: readonly Candidate[];
    readonly hidden: readonly Hidden[];
    readonly attribute: string;
  },
): Pick<Origin, 'single' | 'inferredFrom'> {
  const [local] = from.hidden;
  if (!local || from.hidden.some(({ text }) => !text.startsWith('local.'))) return {};
  const visible = from.hidden.flatMap(({ place }) => references.visibleIn(place));
  // Something that cannot be followed may be it as well.
  if (visible.some(({ kind }) => kind === 'hidden')) return {};
  const ids = visible
    .filter((each) => each.kind === 'attribute')
    .filter((each) => fits(each, from.attribute) && isNew(each))
    .flatMap((each) => candidatesAt(references, each, 1) ?? []);
  const [single, ...more] = distinct([...from.candidates, ...ids]).filter((each) => each.isNew);
  return single && more.length === 0 ? { single, inferredFrom: local.text } : {};
}

const distinct = (candidates: readonly Candidate[]): readonly Candidate[] => [
  ...new Map(candidates.map((each) => [each.text, each])).values(),
];

function fits({ resource, attribute: name }: AttributeSource, attribute: string): boolean {
  const wanted = idsIn(attribute);
  if (wanted) return idsAt(resource.type, name).some((prefix) => wanted.includes(prefix));
  // Blocks come from attributes that hold blocks.
  return attribute.includes('cidr') && name?.includes('cidr') === true;
}

/** Whether only the apply tells what the source holds. */
const isNew = ({ resource, attribute = 'id' }: AttributeSource): boolean =>
  textOf(resource.values, attribute) === undefined && textsOf(resource.values, attribute).length === 0;

/** The values of an attribute of another resource: an id always, anything else if it is known or leads to an id. */
function candidatesAt(
  references: References,
  source: AttributeSource,
  depth: number,
): readonly Candidate[] | undefined {
  const { resource, attribute } = source;
  const made = (text: string): readonly Candidate[] => [{ text, of: resource, isNew: isNew(source) }];
  const isOwnId = attribute === 'id' || (attribute === 'allocation_id' && resource.type === 'aws_eip');
  if (isOwnId || (attribute === undefined && Object.hasOwn(prefixes, resource.type))) {
    return made(idOfResource(resource));
  }
  if (attribute === undefined) return undefined;
  if (isCompanion(attribute) && /^aws_(default_)?vpc$/.test(resource.type)) {
    return made(companionId(resource, attribute));
  }
  if (attribute === 'primary_network_interface_id' && resource.type === 'aws_instance') {
    return made(primaryInterfaceId(resource));
  }
  const known = textOf(resource.values, attribute);
  if (known !== undefined) return made(known);
  if (resource.unknown[attribute] === undefined) {
    return textsOf(resource.values, attribute).map((text) => ({ text, of: resource, isNew: false }));
  }
  const { candidates, isOpen } = originOf(references, resource, attribute, { depth });
  return isOpen ? undefined : candidates;
}

const isCompanion = (name: string): name is keyof typeof vpcCompanions => Object.hasOwn(vpcCompanions, name);
