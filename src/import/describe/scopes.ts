/** Which account and region a described resource belongs to. Few outputs say it; most follow from what they hang on. */
import type { Scope } from '#vpc/scope.ts';
import { type Json, objectOf, objectsOf, textOf } from '../json/fields.ts';
import type { Document, Found } from './found.ts';

type Hint = { readonly account?: string | undefined; readonly region?: string | undefined };

const accountPattern = /^\d{12}$/;
const regionPattern = /^[a-z]{2}(?:-[a-z]+)+-\d/;

/** Where neither resources nor folders tell. */
const fallback: Scope = { account: '123456789012', region: 'us-east-1' };

/** What stands in a VPC and is named by what does not name that. */
const standing = ['NetworkInterfaceId', 'SubnetId'] as const;

/** Finds scopes from what the documents say together. */
export class Scopes {
  readonly #vpcs = new Map<string, Hint>();
  /** Interface or subnet → VPC. */
  readonly #vpcOf = new Map<string, string>();
  readonly #folders = new Map<string, Hint>();
  readonly #found: readonly Found[];
  #tallies: Tallies | undefined;
  /** The scope that was found last: one for all that share it. */
  #last: Scope = fallback;
  /** Whether the fallback was needed, for account or region. */
  readonly guessed = new Set<keyof Scope>();

  constructor(found: readonly Found[]) {
    this.#found = found;
    for (const each of found) this.#learn(each);
  }

  /**
   * The scope of a resource. What stands in a VPC is kept with it, whoever owns it: a subnet that is shared with other
   * accounts has their interfaces in it, and routes, ACLs and groups meet there.
   */
  of({ item, document }: Found): Scope {
    const vpc = this.#vpcs.get(this.#vpcIdOf(item) ?? '');
    const folder = this.#folderOf(document);
    let known: Hint | undefined;
    // Looked for only where VPC and folder leave something open, which they seldom do.
    const own = (name: keyof Scope) => {
      known ??= hintOf(item);
      return known[name];
    };
    // A prefix list that is shared stands in the outputs of accounts that do not own it.
    const account = vpc?.account ?? folder.account ?? own('account') ?? this.#usual('account', document);
    const region = folder.region ?? own('region') ?? vpc?.region ?? this.#usual('region', document);
    if (this.#last.account !== account || this.#last.region !== region) this.#last = { account, region };
    return this.#last;
  }

  /** What resources of the folder say most often, else all of them. */
  #usual(name: keyof Scope, { folder }: Document): string {
    // Counted only where something is left open, which nothing is in folders named by account and region.
    this.#tallies ??= talliesOf(this.#found);
    const { byFolder, all } = this.#tallies;
    const value = byFolder.get(folder)?.mostFrequent(name) ?? all.mostFrequent(name);
    if (value === undefined) this.guessed.add(name);
    return value ?? fallback[name];
  }

  #folderOf(document: Document): Hint {
    let known = this.#folders.get(document.folder);
    if (!known) {
      known = folderHint(document);
      this.#folders.set(document.folder, known);
    }
    return known;
  }

  #learn({ key, item }: Found): void {
    const vpcId = this.#vpcIdOf(item);
    if (vpcId === undefined) return;
    for (const name of standing) {
      const id = textOf(item, name);
      if (id !== undefined && key !== 'Addresses') this.#vpcOf.set(id, vpcId);
    }
    const vpc = this.#vpcs.get(vpcId) ?? {};
    if (key !== 'Vpcs' && vpc.account !== undefined && vpc.region !== undefined) return;
    const own = hintOf(item);
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
    return standing.map((name) => this.#vpcOf.get(textOf(item, name) ?? '')).find(Boolean);
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

type Tallies = { readonly byFolder: ReadonlyMap<string, Tally>; readonly all: Tally };

function talliesOf(found: readonly Found[]): Tallies {
  const byFolder = new Map<string, Tally>();
  const all = new Tally();
  for (const { item, document } of found) {
    const own = hintOf(item);
    const together = byFolder.get(document.folder) ?? new Tally();
    byFolder.set(document.folder, together);
    together.add(own);
    all.add(own);
  }
  return { byFolder, all };
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
  const owner = textOf(item, 'OwnerId') ?? textOf(item, 'AwsAccountId') ?? arnPart(item, 4);
  const zone =
    textOf(item, 'AvailabilityZone') ??
    textOf(objectOf(item, 'Placement') ?? {}, 'AvailabilityZone') ??
    textOf(item, 'NetworkBorderGroup') ??
    textOf(item, 'AwsRegion') ??
    arnPart(item, 3);
  return {
    account: owner !== undefined && accountPattern.test(owner) ? owner : undefined,
    region: regionPattern.exec(zone ?? '')?.[0] ?? regionOfName(textOf(item, 'PrivateDnsName')),
  };
}

const arnNames = [
  'SubnetArn',
  'SecurityGroupArn',
  'PrefixListArn',
  'NetworkInterfaceArn',
  'TransitGatewayArn',
  'LoadBalancerArn',
  'TargetGroupArn',
] as const;

/** A part of the first of its ARNs, counted from zero. */
function arnPart(item: Json, part: number): string | undefined {
  for (const name of arnNames) {
    const arn = textOf(item, name);
    if (arn !== undefined) return arn.split(':')[part];
  }
  return undefined;
}

/** `ip-10-0-0-1.eu-west-1.compute.internal`; the first region's names are older: `ip-10-0-0-1.ec2.internal`. */
function regionOfName(name: string | undefined): string | undefined {
  if (name?.endsWith('.ec2.internal')) return 'us-east-1';
  const [, region] = /\.([a-z0-9-]+)\.compute\.internal$/.exec(name ?? '') ?? [];
  return region;
}
