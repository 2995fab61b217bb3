/** Which account and region a described resource belongs to. Few outputs say it; most follow from what they hang on. */
import type { Scope } from '#vpc/scope.ts';
import { type Json, objectOf, objectsOf, textOf } from '../json/fields.ts';
import type { Document, Found } from './gather.ts';

type Hint = { readonly account?: string | undefined; readonly region?: string | undefined };

const accountPattern = /^\d{12}$/;
const regionPattern = /^[a-z]{2}(?:-[a-z]+)+-\d/;

/** Where neither resources nor folders tell. */
const fallback: Scope = { account: '123456789012', region: 'us-east-1' };

/** Finds scopes from what the documents say together. */
export class Scopes {
  readonly #vpcs = new Map<string, Hint>();
  /** Interface or subnet → VPC. */
  readonly #vpcOf = new Map<string, string>();
  readonly #folders = new Map<string, Tally>();
  readonly #all = new Tally();
  /** Whether the fallback was needed, for account or region. */
  readonly guessed = new Set<keyof Scope>();

  constructor(found: readonly Found[]) {
    for (const each of found) this.#learn(each);
  }

  /**
   * The scope of a resource. What stands in a VPC is kept with it, whoever owns it: a subnet that is shared with other
   * accounts has their interfaces in it, and routes, ACLs and groups meet there.
   */
  of({ item, document }: Found): Scope {
    const own = hintOf(item);
    const vpc = this.#vpcs.get(this.#vpcIdOf(item) ?? '') ?? {};
    const folder = folderHint(document);
    const together = this.#folders.get(document.folder);
    return {
      // A prefix list that is shared stands in the outputs of accounts that do not own it.
      account: this.#first('account', [vpc, folder, own], [together, this.#all]),
      region: this.#first('region', [folder, own, vpc], [together, this.#all]),
    };
  }

  #first(name: keyof Scope, hints: readonly Hint[], groups: readonly (Tally | undefined)[]): string {
    const told = hints.map((hint) => hint[name]).find((value) => value !== undefined);
    const value = told ?? groups.map((group) => group?.mostFrequent(name)).find((each) => each !== undefined);
    if (value === undefined) this.guessed.add(name);
    return value ?? fallback[name];
  }

  #learn({ key, item, document }: Found): void {
    const own = hintOf(item);
    const vpcId = this.#vpcIdOf(item);
    const together = this.#folders.get(document.folder) ?? new Tally();
    this.#folders.set(document.folder, together);
    together.add(own);
    this.#all.add(own);
    if (vpcId === undefined) return;
    for (const name of ['NetworkInterfaceId', 'SubnetId']) {
      const id = textOf(item, name);
      if (id !== undefined && key !== 'Addresses') this.#vpcOf.set(id, vpcId);
    }
    const vpc = this.#vpcs.get(vpcId) ?? {};
    // The owner of a VPC is who describes it; others may own what stands in it.
    const account = key === 'Vpcs' ? own.account : (vpc.account ?? own.account);
    this.#vpcs.set(vpcId, { account: account ?? vpc.account, region: vpc.region ?? own.region });
  }

  #vpcIdOf(item: Json): string | undefined {
    const direct =
      textOf(item, 'VpcId') ??
      textOf(item, 'VPCId') ??
      objectsOf(item, 'Attachments').map((each) => textOf(each, 'VpcId'))[0];
    if (direct !== undefined) return direct;
    return ['NetworkInterfaceId', 'SubnetId']
      .map((name) => this.#vpcOf.get(textOf(item, name) ?? ''))
      .find(Boolean);
  }
}

/** How often each account and region was named. */
class Tally {
  readonly #counts = { account: new Map<string, number>(), region: new Map<string, number>() };

  add(hint: Hint): void {
    for (const name of ['account', 'region'] as const) {
      const value = hint[name];
      const counts = this.#counts[name];
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }

  mostFrequent(name: keyof Scope): string | undefined {
    return [...this.#counts[name]].sort(([, a], [, b]) => b - a)[0]?.[0];
  }
}

/** What the folders of a path are called: `…/123456789012/eu-west-1/…`. The innermost counts. */
export function folderHint({ folder }: Document): Hint {
  const names = folder.split(/[\\/]/).toReversed();
  return {
    account: names.find((name) => accountPattern.test(name)),
    region: names.find((name) => regionPattern.exec(name)?.[0] === name),
  };
}

/** What the resource itself says. */
function hintOf(item: Json): Hint {
  const arn = [
    'SubnetArn',
    'SecurityGroupArn',
    'PrefixListArn',
    'NetworkInterfaceArn',
    'TransitGatewayArn',
    'LoadBalancerArn',
    'TargetGroupArn',
  ]
    .map((name) => textOf(item, name)?.split(':'))
    .find((parts) => parts !== undefined);
  const owner = textOf(item, 'OwnerId') ?? textOf(item, 'AwsAccountId') ?? arn?.[4];
  const zone =
    textOf(item, 'AvailabilityZone') ??
    textOf(objectOf(item, 'Placement') ?? {}, 'AvailabilityZone') ??
    textOf(item, 'NetworkBorderGroup') ??
    textOf(item, 'AwsRegion') ??
    arn?.[3];
  return {
    account: owner !== undefined && accountPattern.test(owner) ? owner : undefined,
    region: regionPattern.exec(zone ?? '')?.[0] ?? regionOfName(textOf(item, 'PrivateDnsName')),
  };
}

/** `ip-10-0-0-1.eu-west-1.compute.internal`; the first region's names are older: `ip-10-0-0-1.ec2.internal`. */
function regionOfName(name: string | undefined): string | undefined {
  if (name?.endsWith('.ec2.internal')) return 'us-east-1';
  const [, region] = /\.([a-z0-9-]+)\.compute\.internal$/.exec(name ?? '') ?? [];
  return region;
}
