/**
 * What AWS always tracks, whatever the rules say: "connections made through the following are automatically tracked".
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#automatic-tracking
 */
import { isBareSyn, type Packet } from './packet.ts';
import type { Port } from './port.ts';

/** By AWS's InterfaceType: what is exchanged with such an interface, and by it, is tracked. */
const trackedInterfaces: ReadonlySet<string> = new Set([
  // Also the endpoints of Network Firewall.
  'gateway_load_balancer_endpoint',
  'gateway_load_balancer',
  'global_accelerator_managed',
  // Lambda's functions in a VPC.
  'lambda',
  'nat_gateway',
  'network_load_balancer',
  'transit_gateway',
  // Interface endpoints (PrivateLink).
  'vpc_endpoint',
]);

/** Of gateway endpoints, those of this service alone. */
const dynamoDb = /\.dynamodb$/;

/** Whether what an interface of a VPC exchanges with a port of its router, and the port with it, is always tracked. */
export function isTrackedPort(port: Port): boolean {
  switch (port.kind) {
    case 'eni':
      return trackedInterfaces.has(port.eni.interfaceType);
    case 'endpoint':
      return port.endpoint.detail.kind !== 'gateway' || dynamoDb.test(port.endpoint.serviceName);
    case 'natGateway':
    case 'regionalNatGateway':
    case 'egressOnlyGateway':
    case 'transitGateway':
      return true;
    case 'internetGateway':
    case 'peering':
      return false;
    default:
      return port satisfies never;
  }
}

/**
 * Whether a packet between two ports is tracked whatever the rules say. A connection that went out untracked another way
 * and comes back by a transit gateway stays untracked.
 */
export function isAlwaysTracked(ports: readonly [Port, Port], packet: Packet): boolean {
  const isMidway = packet.transport.kind === 'tcp' && !isBareSyn(packet);
  return ports.some((port) => isTrackedPort(port) && !(isMidway && port.kind === 'transitGateway'));
}
