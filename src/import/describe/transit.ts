/** Transit gateways, from the outputs that describe them in pieces. */
import type { Id, SubnetId, TransitAttachmentId, TransitGatewayId } from '#vpc/ids.ts';
import type {
  TransitAttachment,
  TransitGateway,
  TransitResource,
  TransitRoute,
  TransitRouteTable,
} from '#vpc/transit.ts';
import { booleanOf, type Json, objectListOf, objectOf, textListOf, textOf, Unfit } from '../json/fields.ts';
import type { Found } from './found.ts';
import type { Gathered } from './gather.ts';
import { cidrFrom, idOf, optionalId, tagsOf } from './place.ts';

const isEnabled = (from: Json, name: string): boolean =>
  textOf(objectOf(from, 'Options') ?? {}, name) === 'enable';

const isGone = (from: Json): boolean =>
  /^(deleting|deleted|failed|failing|rejected|rejecting)$/.test(textOf(from, 'State') ?? '');

export function readTransitGateway(from: Json): TransitGateway {
  if (isGone(from)) throw new Unfit('it is deleted');
  return {
    id: idOf<'transitGateway'>(from, 'TransitGatewayId'),
    groupReferencing: isEnabled(from, 'SecurityGroupReferencingSupport'),
    tags: tagsOf(from),
  };
}

/** An attachment as several outputs show it, each in part; together with the first of them. */
export type AttachmentPieces = {
  readonly found: Found;
  readonly general?: Json;
  readonly vpc?: Json;
  readonly peering?: Json;
  /** Subnets of the interfaces that carry it. */
  readonly subnetIds: readonly SubnetId[];
};

const pieceKeys = {
  TransitGatewayVpcAttachments: 'vpc',
  TransitGatewayPeeringAttachments: 'peering',
  TransitGatewayAttachments: 'general',
} as const;

/** The pieces of each attachment. Those that are gone are left out. */
export function attachmentPieces({ byKey, interfaces }: Gathered): readonly AttachmentPieces[] {
  const pieces = new Map<string, AttachmentPieces>();
  for (const [key, name] of Object.entries(pieceKeys)) {
    for (const each of byKey.get(key) ?? []) {
      const id = textOf(each.item, 'TransitGatewayAttachmentId');
      if (id === undefined || isGone(each.item)) continue;
      const known = pieces.get(id) ?? { found: each, subnetIds: [] };
      pieces.set(id, { [name]: each.item, ...known });
    }
  }
  if (pieces.size === 0) return [];
  for (const description of interfaces.descriptions()) {
    const [id] = /tgw-attach-[0-9a-f]+/.exec(description) ?? [];
    const known = id === undefined ? undefined : pieces.get(id);
    if (id === undefined || !known) continue;
    const subnetIds = interfaces.describedAs(description).flatMap((item) => textOf(item, 'SubnetId') ?? []);
    pieces.set(id, { ...known, subnetIds: [...known.subnetIds, ...(subnetIds as SubnetId[])] });
  }
  return [...pieces.values()];
}

export function readAttachment({
  found,
  general,
  vpc,
  peering,
  subnetIds,
}: AttachmentPieces): TransitAttachment {
  const from = vpc ?? peering ?? general ?? {};
  const state = textOf(from, 'State') ?? 'available';
  return {
    id: idOf<'transitAttachment'>(found.item, 'TransitGatewayAttachmentId'),
    gatewayIds: gatewaysOf(from),
    isAvailable: state === 'available' || state === 'modifying',
    resource: vpc ? vpcResource(vpc, subnetIds) : otherResource(from, subnetIds),
    tags: tagsOf(from),
  };
}

/** Both sides of a peering, as far as they are told. */
function gatewaysOf(from: Json): readonly TransitGatewayId[] {
  const sides = ['RequesterTgwInfo', 'AccepterTgwInfo'].map((name) => objectOf(from, name) ?? {});
  const ids = [from, ...sides].flatMap(
    (each) => optionalId<'transitGateway'>(each, 'TransitGatewayId') ?? [],
  );
  // Of a peering the general output names the other side as its resource.
  const resource = textOf(from, 'ResourceId');
  if (resource?.startsWith('tgw-')) ids.push(resource as TransitGatewayId);
  if (ids.length === 0) throw new Unfit('TransitGatewayId is missing');
  return [...new Set(ids)];
}

function vpcResource(from: Json, fromInterfaces: readonly SubnetId[]): TransitResource {
  const listed = textListOf(from, 'SubnetIds') as readonly SubnetId[];
  const subnetIds = listed.length > 0 ? listed : fromInterfaces;
  return {
    kind: 'vpc',
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    ...(subnetIds.length > 0 ? { subnetIds } : {}),
    applianceMode: isEnabled(from, 'ApplianceModeSupport'),
    groupReferencing: isEnabled(from, 'SecurityGroupReferencingSupport'),
  };
}

function otherResource(from: Json, subnetIds: readonly SubnetId[]): TransitResource {
  const type = textOf(from, 'ResourceType') ?? 'peering';
  const resourceId = textOf(from, 'ResourceId') ?? '';
  if (type === 'peering') return { kind: 'peering' };
  if (type !== 'vpc') return { kind: 'other', type, resourceId };
  const known = subnetIds.length > 0 ? { subnetIds } : {};
  const vpcId = resourceId as Id<'vpc'>;
  return { kind: 'vpc', vpcId, ...known, applianceMode: false, groupReferencing: false };
}

export type TableParts = {
  readonly attachmentIds: readonly TransitAttachmentId[];
  /** Absent where no file holds them. */
  readonly routes?: readonly Json[];
  readonly references: readonly Json[];
};

/** The parts of each route table that outputs other than its own description show. */
export function tableParts({ byKey, subjects }: Gathered, tableId: string): TableParts {
  const isAssociated = (each: Json) =>
    /^(associated|associating)$/.test(textOf(each, 'State') ?? 'associated');
  const named = (byKey.get('TransitGatewayAttachments') ?? []).flatMap(({ item }) => {
    const association = objectOf(item, 'Association');
    const isHere = association && textOf(association, 'TransitGatewayRouteTableId') === tableId;
    return isHere && isAssociated(association) && !isGone(item) ? [item] : [];
  });
  const listed = (subjects.get('Associations')?.get(tableId) ?? []).filter(isAssociated);
  const ids = [...named, ...listed].flatMap(
    (each) => optionalId<'transitAttachment'>(each, 'TransitGatewayAttachmentId') ?? [],
  );
  const routes = subjects.get('Routes')?.get(tableId);
  const references = subjects.get('TransitGatewayPrefixListReferences')?.get(tableId) ?? [];
  return { attachmentIds: [...new Set(ids)], ...(routes ? { routes } : {}), references };
}

export function readTransitTable(
  from: Json,
  { attachmentIds, routes, references }: TableParts,
): TransitRouteTable {
  if (isGone(from)) throw new Unfit('it is deleted');
  const known = routes && [
    ...routes.flatMap(readRoute),
    ...references.flatMap((each) => readReference(each, routes)),
  ];
  return {
    id: idOf<'transitRouteTable'>(from, 'TransitGatewayRouteTableId'),
    gatewayId: idOf<'transitGateway'>(from, 'TransitGatewayId'),
    attachmentIds,
    ...(known ? { routes: known } : {}),
    tags: tagsOf(from),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TransitGatewayRoute.html */
function readRoute(from: Json): readonly TransitRoute[] {
  const state = textOf(from, 'State') ?? 'active';
  if (state !== 'active' && state !== 'blackhole') return [];
  const block = textOf(from, 'DestinationCidrBlock');
  const list = textOf(from, 'PrefixListId');
  if (block === undefined && list === undefined) throw new Unfit('a route has no destination');
  const [attachment] = objectListOf(from, 'TransitGatewayAttachments');
  const id = attachment && optionalId<'transitAttachment'>(attachment, 'TransitGatewayAttachmentId');
  return [
    {
      destination:
        block === undefined
          ? { kind: 'prefixList', prefixListId: list as Id<'prefixList'> }
          : { kind: 'cidr', cidr: cidrFrom(block) },
      origin: textOf(from, 'Type') === 'propagated' ? 'propagated' : 'static',
      target: state === 'active' && id ? { kind: 'attachment', id } : { kind: 'blackhole' },
    },
  ];
}

/** A reference to a prefix list, unless the routes hold what it stands for already. */
function readReference(from: Json, routes: readonly Json[]): readonly TransitRoute[] {
  const prefixListId = optionalId<'prefixList'>(from, 'PrefixListId');
  if (!prefixListId || routes.some((each) => textOf(each, 'PrefixListId') === prefixListId)) return [];
  const attachment = objectOf(from, 'TransitGatewayAttachment');
  const id = attachment && optionalId<'transitAttachment'>(attachment, 'TransitGatewayAttachmentId');
  const isBlackhole = booleanOf(from, 'Blackhole') === true || !id;
  return [
    {
      destination: { kind: 'prefixList', prefixListId },
      origin: 'static',
      target: isBlackhole ? { kind: 'blackhole' } : { kind: 'attachment', id },
    },
  ];
}
