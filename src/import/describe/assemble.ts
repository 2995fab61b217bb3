/** Reads gathered resources into networks. What a resource lacks or contradicts is told, and never stops the others. */
import type { OnProgress } from '#proof/progress.ts';
import type { Eni } from '#vpc/eni.ts';
import { holdsAddress } from '#vpc/eni-addresses.ts';
import type { EniId, InstanceId } from '#vpc/ids.ts';
import type { Kind, Kinds } from '#vpc/network.ts';
import type { Peering, PeeringSide } from '#vpc/routing.ts';
import type { Scope } from '#vpc/scope.ts';
import type { Rule } from '#vpc/security-group.ts';
import type { Problem } from '../imported.ts';
import { type Json, objectsOf, textOf, Unfit } from '../json/fields.ts';
import { readAcl } from './acls.ts';
import { readBalancer, readClassic, readTargetGroup } from './balancers.ts';
import { Draft } from './draft.ts';
import { readEndpoint } from './endpoints.ts';
import type { Found } from './found.ts';
import {
  readAddress,
  readEgressOnlyGateway,
  readInternetGateway,
  readNatGateway,
  readPeering,
} from './gateways.ts';
import type { Gathered } from './gather.ts';
import { readGroup, readRule } from './groups.ts';
import { readInstance } from './instances.ts';
import { addressesNamedBy, readEni } from './interfaces.ts';
import type { Place, StableHex } from './place.ts';
import { readPrefixList } from './prefix-lists.ts';
import { readRouteTable } from './routes.ts';
import { folderHint, type Scopes } from './scopes.ts';
import { readExclusion, readSettings } from './settings.ts';
import {
  attachmentPieces,
  readAttachment,
  readTransitGateway,
  readTransitTable,
  tableParts,
} from './transit.ts';
import { readDhcpOptions, readSubnet, readSubnetReservation, readVpc } from './vpcs.ts';

export type Assembled = {
  readonly draft: Draft;
  readonly problems: readonly Problem[];
  /** Why resources are left out → how many. */
  readonly unfit: ReadonlyMap<string, number>;
};

type Reader = (item: Json, place: Place) => Kinds[Kind];

/** Top-level key → the kind of what it lists, and its reader. */
const readers: ReadonlyMap<string, readonly [kind: Kind, read: Reader]> = new Map<
  string,
  readonly [Kind, Reader]
>([
  ['Vpcs', ['vpc', readVpc]],
  ['Subnets', ['subnet', readSubnet]],
  ['SubnetIpv4CidrReservations', ['subnetReservation', readSubnetReservation]],
  ['SubnetIpv6CidrReservations', ['subnetReservation', readSubnetReservation]],
  ['DhcpOptions', ['dhcpOptions', readDhcpOptions]],
  ['NetworkInterfaces', ['eni', readEni]],
  ['Reservations', ['instance', readInstance]],
  ['Addresses', ['address', readAddress]],
  ['NetworkAcls', ['networkAcl', readAcl]],
  ['RouteTables', ['routeTable', readRouteTable]],
  ['InternetGateways', ['internetGateway', readInternetGateway]],
  ['EgressOnlyInternetGateways', ['egressOnlyGateway', readEgressOnlyGateway]],
  ['NatGateways', ['natGateway', readNatGateway]],
  ['TransitGateways', ['transitGateway', readTransitGateway]],
  ['VpcBlockPublicAccessOptions', ['settings', readSettings]],
  ['VpcBlockPublicAccessExclusions', ['publicAccessExclusion', readExclusion]],
]);

/** Members that name a resource, in the order of preference, for messages. */
const names = [
  'LoadBalancerName',
  'TargetGroupName',
  'VpcEndpointId',
  'TransitGatewayRouteTableId',
  'TransitGatewayAttachmentId',
  'TransitGatewayId',
  'VpcPeeringConnectionId',
  'SecurityGroupRuleId',
  'GroupId',
  'NatGatewayId',
  'InstanceId',
  'NetworkInterfaceId',
  'NetworkAclId',
  'RouteTableId',
  'AllocationId',
  'PublicIp',
  'PrefixListId',
  'SubnetCidrReservationId',
  'ExclusionId',
  'SubnetId',
  'InternetGatewayId',
  'VpcId',
];

type Options = { readonly stableHex: StableHex; readonly onProgress: OnProgress };

/** Reads all that was gathered. `onProgress` hears of how many resources. */
export function assemble(gathered: Gathered, scopes: Scopes, options: Options): Assembled {
  const assembly = new Assembly(scopes, options.stableHex, (tried) =>
    options.onProgress(Math.min(tried, gathered.found.length), gathered.found.length),
  );
  const of = (key: string) => gathered.byKey.get(key) ?? [];
  for (const [key, [kind, read]] of readers) for (const found of of(key)) assembly.add(found, kind, read);
  const rulesByGroup = Map.groupBy(of('SecurityGroupRules'), ({ item }) => textOf(item, 'GroupId') ?? '');
  for (const found of of('SecurityGroups')) {
    const rules = rulesByGroup.get(textOf(found.item, 'GroupId') ?? '') ?? [];
    assembly.addGroup(found, rules);
  }
  // AWS's own lists stand in two calls; the one with the ARN says more.
  const lists = of('PrefixLists').toSorted((a, b) => Number('Cidrs' in a.item) - Number('Cidrs' in b.item));
  for (const found of lists) {
    assembly.add(found, 'prefixList', (item, place) => readPrefixList(item, place, gathered.contents));
  }
  for (const found of of('VpcPeeringConnections')) assembly.addPeering(found);
  for (const pieces of attachmentPieces(gathered)) {
    assembly.add(pieces.found, 'transitAttachment', () => readAttachment(pieces));
  }
  for (const found of of('TransitGatewayRouteTables')) {
    const id = textOf(found.item, 'TransitGatewayRouteTableId') ?? '';
    assembly.add(found, 'transitRouteTable', (item) => readTransitTable(item, tableParts(gathered, id)));
  }
  for (const found of of('VpcEndpoints')) {
    assembly.add(found, 'endpoint', (item) => readEndpoint(item, gathered));
  }
  for (const found of of('LoadBalancers')) {
    assembly.add(found, 'loadBalancer', (item) => readBalancer(item, gathered));
  }
  for (const found of of('TargetGroups')) {
    assembly.add(found, 'targetGroup', (item) => readTargetGroup(item, gathered));
  }
  for (const found of of('LoadBalancerDescriptions')) assembly.addClassic(found, gathered);
  for (const found of of('Reservations')) assembly.addInterfacesOf(found);
  for (const found of of('NetworkInterfaces')) assembly.addAddressesOf(found);
  return assembly;
}

class Assembly implements Assembled {
  readonly draft = new Draft();
  readonly problems: Problem[] = [];
  readonly unfit = new Map<string, number>();
  readonly #scopes: Scopes;
  readonly #stableHex: StableHex;
  readonly #texts = new Map<string, string>();
  readonly #onTried: (tried: number) => void;
  #tried = 0;

  constructor(scopes: Scopes, stableHex: StableHex, onTried: (tried: number) => void) {
    this.#scopes = scopes;
    this.#stableHex = stableHex;
    this.#onTried = onTried;
  }

  add(found: Found, kind: Kind, read: Reader): void {
    this.#attempt(found, (place) => this.#put(found, place.scope, kind, read(found.item, place)));
  }

  addGroup(found: Found, rules: readonly Found[]): void {
    this.#attempt(found, (place) => {
      const described: Rule[] = [];
      for (const rule of rules) {
        this.#attempt(rule, () => {
          described.push(readRule(rule.item, place));
        });
      }
      this.#put(found, place.scope, 'securityGroup', readGroup(found.item, place, described));
    });
  }

  /** A peering belongs to both sides: to that whose folder it was found in, else to those that the source describes. */
  addPeering(found: Found): void {
    this.#attempt(found, (place) => {
      const peering = readPeering(found.item, place);
      for (const scope of this.#sidesHere(peering, found)) this.#put(found, scope, 'peering', peering);
    });
  }

  /** A classic load balancer with what stands for its listeners' targets. */
  addClassic(found: Found, gathered: Gathered): void {
    this.#attempt(found, (place) => {
      const { balancer, groups } = readClassic(found.item, place, gathered);
      this.#put(found, place.scope, 'loadBalancer', balancer);
      for (const group of groups) this.#put(found, place.scope, 'targetGroup', group);
    });
  }

  /** The interfaces that an instance shows and no other output. */
  addInterfacesOf(found: Found): void {
    const instanceId = textOf(found.item, 'InstanceId') as Kinds['instance']['id'] | undefined;
    for (const item of objectsOf(found.item, 'NetworkInterfaces')) {
      this.#attempt({ ...found, item }, (place) => {
        const scope = this.#scopes.of(found);
        const eni = readEni(item, { ...place, scope }, instanceId);
        const known = this.draft.find('eni', eni.id)?.entity;
        if (!known) this.draft.add(scope, 'eni', eni);
        else if (instanceId !== undefined && known.attachment?.instanceId !== instanceId) {
          this.#addTwin(found, scope, { eni, known, instanceId });
        }
      });
    }
  }

  /**
   * An interface that two instances are said to have: with addresses of its own it is another one, as in captures whose ids
   * somebody made unrecognisable, else it has moved between two calls.
   */
  #addTwin(
    { document }: Found,
    scope: Scope,
    { eni, known, instanceId }: { readonly eni: Eni; readonly known: Eni; readonly instanceId: InstanceId },
  ): void {
    const holder = known.attachment?.instanceId ?? 'no instance';
    const said = `${eni.id} is said to be an interface of ${instanceId} and of ${holder}`;
    const isOther =
      eni.privateIps.length > 0 && !eni.privateIps.some((each) => holdsAddress(known, each.address));
    if (!isOther) {
      this.problems.push({ file: document.file, reason: `${said}; the latter is taken` });
      return;
    }
    const id = `eni-${this.#stableHex(`${eni.id} ${instanceId}`)}` as EniId;
    this.draft.add(scope, 'eni', { ...eni, id });
    const reason = `${said}, with other addresses; that of ${instanceId} is taken as one of its own, ${id}`;
    this.problems.push({ file: document.file, reason });
  }

  /** The elastic addresses that an interface shows and no other output. */
  addAddressesOf(found: Found): void {
    this.#attempt(found, ({ scope }) => {
      for (const address of addressesNamedBy(found.item)) {
        if (!this.draft.find('address', address.id)) this.draft.add(scope, 'address', address);
      }
    });
  }

  #sidesHere({ requester, accepter }: Peering, found: Found): readonly Scope[] {
    const { account, region } = folderHint(found.document);
    if (account !== undefined && region !== undefined) return [{ account, region }];
    const described = [requester, accepter].filter(({ vpcId }) => this.draft.find('vpc', vpcId));
    const sides = (described.length > 0 ? described : [requester]).map(scopeOfSide);
    return [...new Map(sides.map((scope) => [`${scope.account}/${scope.region}`, scope])).values()];
  }

  #put<K extends Kind>(found: Found, scope: Scope, kind: K, entity: Kinds[K]): void {
    const outcome = this.draft.add(scope, kind, entity);
    const isSummary = kind === 'prefixList' && 'Cidrs' in found.item;
    if (outcome !== 'different' || isSummary) return;
    const reason = `${entity.id} is described again, and differently; the first description is taken`;
    this.problems.push({ file: found.document.file, reason });
  }

  readonly #shared = <T extends string>(text: T): T => {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return (known ?? text) as T;
  };

  #attempt(found: Found, work: (place: Place) => void): void {
    if (this.#tried++ % 1000 === 0) this.#onTried(this.#tried);
    try {
      work({ scope: this.#scopes.of(found), stableHex: this.#stableHex, shared: this.#shared });
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      if (/^it is /.test(error.message)) {
        const what = `${found.key} because ${error.message}`;
        this.unfit.set(what, (this.unfit.get(what) ?? 0) + 1);
        return;
      }
      const name = names.map((each) => textOf(found.item, each)).find((id) => id !== undefined);
      const reason = `${name ?? `one of ${found.key}`} is left out: ${error.message}`;
      this.problems.push({ file: found.document.file, reason });
    }
  }
}

const scopeOfSide = ({ account, region }: PeeringSide): Scope => ({ account, region });
