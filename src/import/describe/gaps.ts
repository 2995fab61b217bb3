/** What a source does not tell, and what nobody can know for that. */
import type { Route } from '#vpc/routing.ts';
import { type Scope, scopeKey } from '#vpc/scope.ts';
import { referencedPrefixLists } from '#vpc/security-group.ts';
import type { Unknown } from '../imported.ts';
import { booleanOf, textOf, textsOf } from '../json/fields.ts';
import { commandOf, foreignCalls, regionCalls, unmodelled } from './calls.ts';
import { idList } from './complete.ts';
import type { Draft } from './draft.ts';
import type { Found } from './found.ts';
import type { Gathered } from './gather.ts';
import type { Scopes } from './scopes.ts';

/** Everything that is missing, by what is there. */
export function gapsOf(gathered: Gathered, scopes: Scopes, draft: Draft): readonly Unknown[] {
  return [
    ...missingCalls(gathered, scopes, draft),
    ...unfinished(gathered),
    ...notModelled(gathered),
    ...missingReferences(draft, gathered),
    ...missingTransitRoutes(draft, gathered),
    ...missingOfBalancers(draft, gathered),
    ...guesses(scopes),
  ];
}

/** Outputs that nobody misses unless a route or a rule names what they describe. */
const namedBy: Readonly<Record<string, (route: Route) => boolean>> = {
  InternetGateways: ({ target }) => target.kind === 'internetGateway',
  EgressOnlyInternetGateways: ({ target }) => target.kind === 'egressOnlyGateway',
  NatGateways: ({ target }) => target.kind === 'natGateway',
  VpcPeeringConnections: ({ target }) => target.kind === 'peering',
  PrefixLists: ({ destination }) => destination.kind === 'prefixList',
  TransitGateways: ({ target }) => target.kind === 'transitGateway',
  TransitGatewayAttachments: ({ target }) => target.kind === 'transitGateway',
  TransitGatewayVpcAttachments: ({ target }) => target.kind === 'transitGateway',
  TransitGatewayRouteTables: ({ target }) => target.kind === 'transitGateway',
};

function isMissed(key: string, draft: Draft): boolean {
  if (key === 'VpcBlockPublicAccessExclusions') {
    return draft.all('settings').some(({ entity }) => (entity.publicAccess?.block ?? 'off') !== 'off');
  }
  const isNamed = namedBy[key];
  if (!isNamed) return true;
  if (draft.all('routeTable').some(({ entity }) => entity.routes.some(isNamed))) return true;
  // Without route tables nobody knows what they would name.
  if (key !== 'PrefixLists') return draft.all('routeTable').length === 0;
  return draft.all('securityGroup').some(({ entity }) => referencedPrefixLists(entity).length > 0);
}

/** Calls whose output no document of a scope holds. */
function missingCalls({ found, seen }: Gathered, scopes: Scopes, draft: Draft): readonly Unknown[] {
  const here = new Map<
    string,
    { readonly scope: Scope; readonly folders: Set<string>; readonly keys: Set<string> }
  >();
  let last: (Pick<Found, 'key' | 'document'> & { readonly scope: Scope }) | undefined;
  for (const each of found) {
    const scope = scopes.of(each);
    // What stands together is mostly of one scope.
    if (last?.document === each.document && last.key === each.key && last.scope === scope) continue;
    last = { ...each, scope };
    const known = here.get(scopeKey(scope)) ?? { scope, folders: new Set(), keys: new Set() };
    known.folders.add(each.document.folder);
    known.keys.add(each.key);
    here.set(scopeKey(scope), known);
  }
  return [...regionCalls, ...foreignCalls].flatMap((call) => {
    if (!('without' in call) || !isMissed(call.key, draft)) return [];
    const without = [...here.values()].filter(
      ({ folders, keys }) =>
        !keys.has(call.key) &&
        !seen.some((each) => each.key === call.key && folders.has(each.document.folder)),
    );
    if (without.length === 0) return [];
    const where = here.size === 1 ? '' : ` of ${idList(without.map(({ scope }) => scopeKey(scope)))}`;
    const what = `there is no ${commandOf(call.action)}${where}`;
    return [{ what, effect: call.without, ...('hidesAccess' in call && { hidesAccess: true as const }) }];
  });
}

/** An output that says there is more, where no other of its folder is the last page. */
function unfinished({ seen }: Gathered): readonly Unknown[] {
  const groups = Map.groupBy(seen, ({ key, document }) => `${document.folder}\0${key}`);
  return [...groups.values()].flatMap((pages) => {
    const [first] = pages;
    if (!first || !pages.every(({ hasMore }) => hasMore)) return [];
    const what = `${first.document.file} ends with a NextToken and the page after it is missing`;
    return [{ what, effect: `some of its ${first.key} are unknown`, hidesAccess: true }];
  });
}

/** Outputs of what carries packets and is not modelled, where there is some of it. */
function notModelled({ skipped }: Gathered): readonly Unknown[] {
  return skipped.flatMap(({ what, count }) => {
    const effect = unmodelled.get(what);
    return effect === undefined ? [] : [{ what: `${count} ${what}`, effect }];
  });
}

/** Resources that others name and nothing describes. */
function missingReferences(draft: Draft, { contents }: Gathered): readonly Unknown[] {
  const groups = draft.all('securityGroup');
  const lostGroups = draft
    .all('eni')
    .flatMap(({ entity }) => entity.groupIds)
    .filter((id) => !draft.find('securityGroup', id));
  const peers = groups.flatMap(({ entity }) => entity.rules.map(({ peer }) => peer));
  const lostPeers = peers.flatMap((peer) =>
    peer.kind === 'group' && !draft.find('securityGroup', peer.groupId) ? [peer.groupId] : [],
  );
  const routes = draft.all('routeTable').flatMap(({ entity }) => entity.routes);
  const named = [
    ...peers.flatMap((peer) => (peer.kind === 'prefixList' ? [peer.prefixListId] : [])),
    ...routes.flatMap(({ destination }) =>
      destination.kind === 'prefixList' ? [destination.prefixListId] : [],
    ),
  ];
  const emptyLists = named.filter((id) => !contents.has(id));
  const targets = routes.flatMap(({ target }) =>
    target.kind === 'other' || (target.kind === 'endpoint' && !draft.find('endpoint', target.id))
      ? [target.id]
      : [],
  );
  return [
    ...hiding(
      told(
        lostGroups,
        'security groups that interfaces carry and nothing describes',
        'their rules are unknown',
      ),
    ),
    ...told(
      lostPeers,
      'security groups that rules name and nothing describes',
      'who carries them is unknown',
    ),
    ...hiding(
      told(
        emptyLists,
        'the entries of the prefix lists',
        'rules and routes that name them are taken to name nobody',
      ),
    ),
    ...told(targets, 'where the route targets', 'traffic to them is not followed'),
  ];
}

/** Route tables of transit gateways whose routes no file holds, or not all. */
function missingTransitRoutes(draft: Draft, { seen }: Gathered): readonly Unknown[] {
  const bare = draft.all('transitRouteTable').filter(({ entity }) => !entity.routes);
  const cut = seen.filter(
    ({ key, document }) => key === 'Routes' && booleanOf(document.body, 'AdditionalRoutesAvailable'),
  );
  return [
    ...told(
      bare.map(({ entity }) => entity.id),
      'there is no search-transit-gateway-routes of',
      'where their transit gateways send what they get is unknown',
    ),
    ...told(
      cut.map(({ document }) => document.file),
      'there are more routes than',
      'some routes of transit gateways are unknown',
    ),
  ];
}

/** What nothing tells of load balancers that there are. */
function missingOfBalancers(draft: Draft, { seen, byKey }: Gathered): readonly Unknown[] {
  const balancers = draft.all('loadBalancer').map(({ entity }) => entity);
  const groups = draft.all('targetGroup').map(({ entity }) => entity);
  const named = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
  const modern = balancers.filter(({ kind }) => kind !== 'classic');
  const hasAttributes = seen.some(({ key }) => key === 'Attributes');
  // Target groups name the load balancers that use them; one that no listener names stands in a rule.
  const forwards = new Set(
    balancers.flatMap(({ listeners = [] }) =>
      listeners.flatMap((each) => each.forwards.map(({ targetGroupId }) => targetGroupId)),
    ),
  );
  const used = (byKey.get('TargetGroups') ?? []).flatMap(({ item }) => {
    const id = textOf(item, 'TargetGroupArn');
    const isUsed = textsOf(item, 'LoadBalancerArns').some((arn) =>
      balancers.some(({ id: own }) => own === arn),
    );
    return id !== undefined && isUsed && !forwards.has(id) ? [textOf(item, 'TargetGroupName') ?? id] : [];
  });
  return [
    ...told(
      named(balancers.filter(({ listeners }) => !listeners)),
      'there is no elbv2 describe-listeners of',
      'what load balancers take and pass on is unknown; every port counts as taken',
    ),
    ...told(
      named(groups.filter(({ targets, targetKind }) => !targets && targetKind !== 'lambda')),
      'there is no elbv2 describe-target-health of',
      'to whom load balancers pass traffic on is unknown',
    ),
    ...told(
      used,
      'no listener forwards to the target groups',
      'elbv2 describe-rules would tell which requests load balancers pass on to them',
    ),
    ...(hasAttributes
      ? []
      : told(
          named(modern),
          'there is no elbv2 describe-load-balancer-attributes and describe-target-group-attributes of',
          'crossing of zones and clients’ addresses are taken to be as AWS sets them',
        )),
    ...told(
      named(balancers.filter(({ eniIds }) => eniIds.length === 0)),
      'the interfaces of the load balancers',
      'who reaches them is unknown',
    ),
  ];
}

function told(ids: readonly string[], what: string, effect: string): readonly Unknown[] {
  return ids.length === 0 ? [] : [{ what: `${what} ${idList(ids)}`, effect }];
}

/** The same, of what may admit traffic. */
const hiding = (unknowns: readonly Unknown[]): readonly Unknown[] =>
  unknowns.map((each) => ({ ...each, hidesAccess: true }));

function guesses({ guessed }: Scopes): readonly Unknown[] {
  return [...guessed].map((name) => ({
    what: `which ${name} the network is of`,
    effect: 'neither its resources nor its folders tell, and a placeholder stands for it',
  }));
}
