/** Two namespaces and a router between them, with nothing in the router yet. */
import { portName } from '#kernel/dataplane/names.ts';
import { configure } from '#kernel/lab/roles.ts';
import { createNamespace, inNamespace } from '#kernel/netns/namespace.ts';
import { writeSysctl } from '#kernel/netns/sysctl.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import { eniId } from '../../tests/support/network.ts';
import { client, server } from './network.ts';

export type BenchPlace = {
  readonly client: string;
  readonly server: string;
  readonly router: string;
  /** For the router's tables. */
  readonly tables: NftSocket;
};

const mainTable = 254;
const nextHop = '169.254.1.1';

/** Namespaces named after the prefix; whoever made the prefix removes them. */
export function makePlace(prefix: string): BenchPlace {
  const place = { client: `${prefix}-c`, server: `${prefix}-s`, router: `${prefix}-r` };
  for (const name of Object.values(place)) createNamespace(name);
  const tables = inNamespace(place.router, () => {
    configure('router');
    // Connections of the benchmark are reset; their entries should not pile up.
    writeSysctl('net/netfilter/nf_conntrack_tcp_timeout_close', 1);
    return NftSocket.open();
  });
  attach(place.router, place.client, client);
  attach(place.router, place.server, server);
  return { ...place, tables };
}

function attach(router: string, namespace: string, { name, ip }: typeof client | typeof server): void {
  const port = portName(eniId(name));
  const digit = name === client.name ? 'a' : 'b';
  const macs = { router: `02:00:00:00:0${digit}:01`, end: `02:00:00:00:0${digit}:02` };
  withRoutes(router, (routes) => {
    routes.createVeth({ name: port, mac: macs.router }, { name: 'eth0', mac: macs.end, namespace });
    routes.changeLink(port, { up: true });
    routes.replaceNeighbour({ device: port, address: ip, mac: macs.end });
    routes.replaceRoute({
      destination: `${ip}/32`,
      table: mainTable,
      target: { kind: 'unicast', device: port },
    });
  });
  withRoutes(namespace, (routes) => {
    routes.changeLink('eth0', { up: true });
    routes.replaceAddress({ device: 'eth0', cidr: `${ip}/32` });
    routes.replaceNeighbour({ device: 'eth0', address: nextHop, mac: macs.router });
    routes.replaceRoute({
      destination: '0.0.0.0/0',
      table: mainTable,
      target: { kind: 'unicast', device: 'eth0', gateway: nextHop, onlink: true },
    });
  });
}

function withRoutes(namespace: string, work: (routes: RouteSocket) => void): void {
  const routes = inNamespace(namespace, () => RouteSocket.open());
  work(routes);
  routes.close();
}
