/** Attributes of planned resources: known, following from others, or anything. */
import type { Unknown } from '../imported.ts';
import { booleanOf, isObject, type Json, numberOf, objectsOf, textOf } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import type { Resource } from './plan.ts';
import type { Reference, References } from './references.ts';

/** Texts that are known, and whether there may be others that nobody knows. */
export type Texts = { readonly known: readonly string[]; readonly anything: boolean };

/** Terraform's type → the prefix of its ids. */
const prefixes: Readonly<Record<string, string>> = {
  aws_vpc: 'vpc',
  aws_default_vpc: 'vpc',
  aws_subnet: 'subnet',
  aws_default_subnet: 'subnet',
  aws_security_group: 'sg',
  aws_default_security_group: 'sg',
  aws_vpc_security_group_ingress_rule: 'sgr',
  aws_vpc_security_group_egress_rule: 'sgr',
  aws_instance: 'i',
  aws_network_interface: 'eni',
  aws_eip: 'eipalloc',
  aws_eip_association: 'eipassoc',
  aws_route_table: 'rtb',
  aws_default_route_table: 'rtb',
  aws_route_table_association: 'rtbassoc',
  aws_internet_gateway: 'igw',
  aws_egress_only_internet_gateway: 'eigw',
  aws_nat_gateway: 'nat',
  aws_network_acl: 'acl',
  aws_default_network_acl: 'acl',
  aws_ec2_managed_prefix_list: 'pl',
  aws_vpc_peering_connection: 'pcx',
  aws_ec2_transit_gateway: 'tgw',
  aws_vpc_endpoint: 'vpce',
};

/** The resource's id; of one that is yet to be made a stand-in that follows from its address alone. */
export function idOfResource({ type, address, values }: Resource): string {
  return textOf(values, 'id') ?? `${prefixes[type] ?? type}-${stableHex(address)}`;
}

/** What AWS makes with every VPC; the ids stand in for those of VPCs that are yet to be made. */
export const vpcCompanions = {
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

/** Reads the attributes of one resource, or of one nested block of it. */
export class Attributes {
  readonly resource: Resource;
  readonly #references: References;
  readonly #tell: (unknown: Unknown) => void;
  readonly #values: Json;
  readonly #unknown: Json;
  readonly #block: string | undefined;

  constructor(
    resource: Resource,
    references: References,
    tell: (unknown: Unknown) => void,
    nested?: { readonly block: string; readonly values: Json; readonly unknown: Json },
  ) {
    this.resource = resource;
    this.#references = references;
    this.#tell = tell;
    this.#values = nested?.values ?? resource.values;
    this.#unknown = nested?.unknown ?? resource.unknown;
    this.#block = nested?.block;
  }

  get id(): string {
    return idOfResource(this.resource);
  }

  /** The nested blocks of a name. */
  blocks(name: string): readonly Attributes[] {
    const unknown = this.#unknown[name];
    return objectsOf(this.#values, name).map((values, index) => {
      const part: unknown = Array.isArray(unknown) ? unknown[index] : undefined;
      const nested = { block: name, values, unknown: isObject(part) ? part : {} };
      return new Attributes(this.resource, this.#references, this.#tell, nested);
    });
  }

  /** Whether the configuration gives the attribute or block, rather than the provider. */
  isGiven(name: string): boolean {
    return this.#references.isGiven(this.resource, name);
  }

  /** Whether only the apply tells. */
  isUnknown(name: string): boolean {
    const unknown = this.#unknown[name];
    return unknown === true || (Array.isArray(unknown) && unknown.includes(true));
  }

  /** The text, or what it will be made from where that is one thing. */
  text(name: string): string | undefined {
    const known = textOf(this.#values, name);
    if (known !== undefined || this.#unknown[name] !== true) return known;
    const { known: texts, anything } = this.#made(name);
    return anything || texts.length !== 1 ? undefined : texts[0];
  }

  /** A list of texts. What is unknown and follows from nothing is anything. */
  texts(name: string): Texts {
    const value = this.#values[name];
    const known = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    if (!this.isUnknown(name)) return { known, anything: false };
    const made = this.#made(name);
    return { known: [...known, ...made.known], anything: made.anything };
  }

  number(name: string): number | undefined {
    return numberOf(this.#values, name);
  }

  boolean(name: string): boolean | undefined {
    return booleanOf(this.#values, name);
  }

  /** The tags as describe operations list them. */
  tags(): readonly Json[] {
    const all = this.#values['tags_all'] ?? this.#values['tags'];
    const tags = isObject(all) ? Object.entries(all) : [];
    return tags.flatMap(([Key, Value]) => (typeof Value === 'string' ? [{ Key, Value }] : []));
  }

  /** Says what is supposed of an attribute. */
  suppose(name: string, effect: string): void {
    const path = this.#block === undefined ? name : `${this.#block}.${name}`;
    this.#tell({ what: `${this.resource.address}: ${path} is known only after the apply`, effect });
  }

  #made(name: string): Texts {
    const references = this.#references.of(this.resource, name, this.#block);
    if (!references) return { known: [], anything: true };
    const texts = references.map(valueBehind);
    const known = texts.filter((text) => text !== undefined);
    return { known, anything: known.length < texts.length };
  }
}

/** The value of an attribute of another resource: an id always, anything else if it is known. */
function valueBehind({ resource, attribute }: Reference): string | undefined {
  if (attribute === 'id' || attribute === 'allocation_id') return idOfResource(resource);
  if (Object.hasOwn(vpcCompanions, attribute)) {
    return companionId(resource, attribute as keyof typeof vpcCompanions);
  }
  if (attribute === 'primary_network_interface_id' && resource.type === 'aws_instance') {
    return primaryInterfaceId(resource);
  }
  return textOf(resource.values, attribute);
}

/** The primary interface of an instance; of one that is yet to be made a stand-in. */
export function primaryInterfaceId({ address, values }: Resource): string {
  return textOf(values, 'primary_network_interface_id') ?? `eni-${stableHex(`${address} primary`)}`;
}
