/** The routes by which a gateway endpoint is reached: to the service's prefix list, in the tables named. */
import type { Endpoint } from '#vpc/endpoint.ts';
import type { VpcId } from '#vpc/ids.ts';
import type { RouteTable } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { isAwsList } from '../prefix-lists/aws-lists.ts';

/** The tables of the request, all of the endpoint's VPC. AWS's codes for unknown ids end in Id where endpoints are asked. */
export function tablesIn(
  ids: readonly string[] | undefined,
  vpcId: VpcId,
  { transaction }: Context,
): readonly RouteTable[] {
  return [...new Set(ids)].map((id) => {
    const table = transaction.network.routeTable.get(id);
    if (!table) return refuse('notFound', { code: 'InvalidRouteTableId.NotFound', noun: 'route table', id });
    if (table.vpcId === vpcId) return table;
    const reason = `Route table '${id}' belongs to '${table.vpcId}', the endpoint to '${vpcId}'.`;
    return refuse('wrongParameter', { reason });
  });
}

/** Adds a route to the endpoint. */
export function addRoutes(endpoint: Endpoint, tables: readonly RouteTable[], { transaction }: Context): void {
  const [list] = [...transaction.network.prefixList.by('name', endpoint.serviceName)].filter(isAwsList);
  if (!list) throw new Error(`there is no prefix list of ${endpoint.serviceName}`);
  for (const table of tables) {
    const taken = table.routes.some(
      ({ destination }) => destination.kind === 'prefixList' && destination.prefixListId === list.id,
    );
    if (taken) refuse('routeExists', { destination: list.id, tableId: table.id });
    const route = {
      destination: { kind: 'prefixList', prefixListId: list.id },
      target: { kind: 'endpoint', id: endpoint.id },
      origin: 'CreateRoute',
    } as const;
    transaction.put('routeTable', { ...table, routes: [...table.routes, route] });
  }
}

/** Refuses tables that have no route to the endpoint: AWS does, and clients take the code for "gone already". */
export function checkRouted({ id }: Endpoint, tables: readonly RouteTable[]): void {
  const other = tables.find(
    ({ routes }) => !routes.some(({ target }) => target.kind === 'endpoint' && target.id === id),
  );
  if (other)
    refuse('wrongParameter', { reason: `Route table '${other.id}' has no route to endpoint '${id}'.` });
}

/** Takes the routes to the endpoint away again. */
export function dropRoutes(
  endpoint: Endpoint,
  tables: readonly RouteTable[],
  { transaction }: Context,
): void {
  for (const table of tables) {
    const routes = table.routes.filter(
      ({ target }) => target.kind !== 'endpoint' || target.id !== endpoint.id,
    );
    transaction.put('routeTable', { ...table, routes });
  }
}
