/** One side of a plan: its resources by type, and what several of them need to know of each other. */
import { formatIp } from '#net/address.ts';
import { parseCidr, rangeOf } from '#net/cidr.ts';
import { publicPool } from '#vpc/public-addresses.ts';
import { type Json, textOf } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import { Attributes, type Tell } from './attributes.ts';
import { companionId, primaryInterfaceId } from './origins.ts';
import type { Plan, Resource } from './plan.ts';
import { providerOf } from './providers.ts';
import { References } from './references.ts';

export class Phase {
  readonly #plan: Plan;
  readonly #byType: ReadonlyMap<string, readonly Resource[]>;
  readonly #references: References;
  readonly #tell: Tell;
  readonly #taken = new Set<string>();

  constructor(plan: Plan, resources: readonly Resource[], tell: Tell) {
    this.#plan = plan;
    this.#byType = Map.groupBy(resources, ({ type }) => type);
    this.#references = new References(plan, resources);
    this.#tell = tell;
    for (const { values } of resources) {
      for (const name of ['private_ip', 'public_ip']) {
        const address = textOf(values, name);
        if (address !== undefined) this.#taken.add(address);
      }
    }
  }

  /** The resources of some types, data sources too where they are asked for. */
  all(types: readonly string[], { withData = false } = {}): readonly Attributes[] {
    return types
      .flatMap((type) => this.#byType.get(type) ?? [])
      .filter(({ isData }) => withData || !isData)
      .map((resource) => new Attributes(resource, this.#references, this.#tell));
  }

  /** Every type with its count, for what is not read. */
  types(): ReadonlyMap<string, readonly Resource[]> {
    return this.#byType;
  }

  /** The account and region of a resource, as far as it tells, in members that placing reads. */
  whereabouts({ resource }: Attributes): Json {
    const { values } = resource;
    const arn = textOf(values, 'arn')?.split(':');
    const provider = providerOf(this.#plan, resource);
    const account = textOf(values, 'owner_id') ?? arn?.[4] ?? provider.account;
    const region = textOf(values, 'region') ?? arn?.[3] ?? provider.region;
    return {
      ...(account === undefined ? {} : { OwnerId: account }),
      ...(region === undefined ? {} : { AwsRegion: region }),
    };
  }

  subnet(id: string | undefined): Attributes | undefined {
    const subnets = this.all(['aws_subnet', 'aws_default_subnet'], { withData: true });
    return id === undefined ? undefined : subnets.find((each) => each.id === id);
  }

  /** The VPC of a subnet, else of a group that stands with it. */
  vpcIdOf(subnetId: string | undefined, groupIds: readonly string[]): string | undefined {
    const groups = this.all(['aws_security_group', 'aws_default_security_group'], { withData: true });
    const group = groups.find((each) => groupIds.includes(each.id));
    const known = this.subnet(subnetId)?.text('vpc_id') ?? group?.text('vpc_id');
    if (known !== undefined || subnetId === undefined) return known;
    this.#tell({ what: `which VPC ${subnetId} is in`, effect: 'the plan does not describe it' });
    return `vpc-${stableHex(subnetId)}`;
  }

  /** The group of those that are given none: the default one of their VPC. */
  defaultGroupOf(vpcId: string | undefined): string | undefined {
    const adopted = this.all(['aws_default_security_group']).find((each) => each.text('vpc_id') === vpcId);
    const vpc = this.all(['aws_vpc', 'aws_default_vpc']).find((each) => each.id === vpcId);
    return adopted?.id ?? (vpc && companionId(vpc.resource, 'default_security_group_id'));
  }

  /** The primary interface of an instance, by the instance's id. */
  primaryInterface(instanceId: string): string | undefined {
    const found = this.all(['aws_instance']).find((each) => each.id === instanceId);
    return found && (attachedFirst(found) ?? primaryInterfaceId(found.resource));
  }

  /** An address that stands in for one that only the apply tells: free, and the same every time. */
  standInAddress(seed: string, block: string): string | undefined {
    const cidr = parseCidr(block);
    if (!cidr) return undefined;
    const { family, first, last } = rangeOf(cidr);
    // AWS keeps the first four addresses of a subnet and the last.
    const size = last - first - 4n;
    if (size <= 0n) return undefined;
    const start = BigInt(`0x${stableHex(seed)}`) % size;
    for (let step = 0n; step < size && step < 4096n; step++) {
      const address = formatIp({ family, value: first + 4n + ((start + step) % size) });
      if (this.#taken.has(address)) continue;
      this.#taken.add(address);
      return address;
    }
    return undefined;
  }

  standInPublic(seed: string): string | undefined {
    return this.standInAddress(`${seed} public`, publicPool);
  }
}

/** The interface that an instance was given as its first. */
export function attachedFirst(instance: Attributes): string | undefined {
  const given = [...instance.blocks('primary_network_interface'), ...instance.blocks('network_interface')];
  const first = given.find((block) => (block.number('device_index') ?? 0) === 0);
  return first?.text('network_interface_id');
}
