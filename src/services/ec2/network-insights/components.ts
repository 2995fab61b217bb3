/** Components, rules, routes and explanations of paths as AWS shows them. */
import type {
  AnalysisAclRule,
  AnalysisComponent,
  AnalysisLoadBalancerTarget,
  AnalysisPacketHeader,
  AnalysisRouteTableRoute,
  AnalysisSecurityGroupRule,
  Explanation,
  PathComponent,
} from '@aws-sdk/client-ec2';
import { hostCidr } from '#net/cidr.ts';
import { idPrefixes } from '#vpc/ids.ts';
import type {
  ComponentRef,
  PathExplanation,
  PathHeader,
  PathHop,
  PathRule,
  PathTarget,
} from '#vpc/insights.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import type { Route } from '#vpc/routing.ts';
import type { Service } from '#vpc/security-group.ts';
import { arnOf } from '../../arn.ts';
import { type ResourceKind, resources } from '../resources.ts';
import { targetMember } from '../route-tables/output.ts';
import { portsOf, protocolText } from '../security-groups/service.ts';

/** Types of ARNs by the prefixes of ids: of what the API knows, and of what only imported networks have. */
const typeOfPrefix: ReadonlyMap<string, string> = new Map([
  ...(Object.keys(resources) as ResourceKind[]).map(
    (kind) => [idPrefixes[kind], resources[kind].type] as const,
  ),
  [idPrefixes.transitGateway, 'transit-gateway'],
  [idPrefixes.transitAttachment, 'transit-gateway-attachment'],
  [idPrefixes.transitRouteTable, 'transit-gateway-route-table'],
]);

/** The ARN of a resource by its id; undefined for an id of a kind that is not known here. */
export function arnOfId({ id, account, region }: ComponentRef): string | undefined {
  // Load balancers, listeners and target groups have no other ids than their ARNs.
  if (id.startsWith('arn:')) return id;
  const type = typeOfPrefix.get(id.slice(0, id.lastIndexOf('-')));
  return type === undefined ? undefined : arnOf('ec2', { account, region }, `${type}/${id}`);
}

function component(ref: ComponentRef): AnalysisComponent {
  return { Id: ref.id, Arn: arnOfId(ref), ...(ref.name === undefined ? {} : { Name: ref.name }) };
}

/** References under their member names; those that are absent stay so. */
function components<M extends string>(refs: Readonly<Record<M, ComponentRef | undefined>>) {
  const present = Object.entries<ComponentRef | undefined>(refs).flatMap(([member, ref]) =>
    ref ? [[member, component(ref)] as const] : [],
  );
  return Object.fromEntries(present) as { [K in M]?: AnalysisComponent };
}

/** One packet that shows the path; AWS shows all headers that take it. */
function header(shown: PathHeader): AnalysisPacketHeader {
  return {
    Protocol: String(shown.protocol),
    SourceAddresses: [hostCidr(shown.source)],
    SourcePortRanges: [{ From: shown.sourcePort, To: shown.sourcePort }],
    DestinationAddresses: [hostCidr(shown.destination)],
    DestinationPortRanges: [{ From: shown.destinationPort, To: shown.destinationPort }],
  };
}

const protocolName = (service: Service): string => (service.kind === 'all' ? 'all' : protocolText(service));

function portRange(service: Service) {
  const ports = service.kind === 'ports' ? portsOf(service) : undefined;
  return ports ? { PortRange: { From: ports.from, To: ports.to } } : {};
}

function ruleOutput({ groupId, direction, service, peer }: PathRule): AnalysisSecurityGroupRule {
  return {
    SecurityGroupId: groupId,
    Direction: direction,
    Protocol: protocolName(service),
    ...portRange(service),
    ...(peer.kind === 'cidr' ? { Cidr: peer.cidr } : {}),
    ...(peer.kind === 'prefixList' ? { PrefixListId: peer.prefixListId } : {}),
  };
}

function entryOutput({ cidr, direction, service, action, number }: AclEntry): AnalysisAclRule {
  return {
    Cidr: cidr,
    Egress: direction === 'egress',
    Protocol: protocolName(service),
    ...portRange(service),
    RuleAction: action,
    RuleNumber: number,
  };
}

function routeOutput(
  { destination, target, origin }: Route,
  State: 'active' | 'blackhole',
): AnalysisRouteTableRoute {
  return {
    ...(destination.kind === 'cidr'
      ? { DestinationCidr: destination.cidr }
      : { DestinationPrefixListId: destination.prefixListId }),
    ...targetMember(target),
    ...(target.kind === 'eni' && target.instanceId ? { InstanceId: target.instanceId } : {}),
    Origin: origin,
    State,
  };
}

/** The components of a path, numbered from 1. */
export function pathOutput(hops: readonly PathHop[]): PathComponent[] {
  return hops.map((hop, at) => ({
    SequenceNumber: at + 1,
    ...components({
      Component: hop.component,
      AttachedTo: hop.attachedTo,
      Subnet: hop.subnet,
      Vpc: hop.vpc,
      SourceVpc: hop.sourceVpc,
      DestinationVpc: hop.destinationVpc,
      ElasticLoadBalancerListener: hop.listener,
    }),
    ...(hop.inbound ? { InboundHeader: header(hop.inbound) } : {}),
    ...(hop.outbound ? { OutboundHeader: header(hop.outbound) } : {}),
    ...(hop.rule ? { SecurityGroupRule: ruleOutput(hop.rule) } : {}),
    ...(hop.entry ? { AclRule: entryOutput(hop.entry) } : {}),
    ...(hop.route ? { RouteTableRoute: routeOutput(hop.route, 'active') } : {}),
  }));
}

export function explanationOutput(explanation: PathExplanation): Explanation {
  const { code, direction, address, entry, groups, route } = explanation;
  return {
    ExplanationCode: code,
    ...(direction ? { Direction: direction } : {}),
    ...(address === undefined ? {} : { Address: address }),
    ...(entry ? { AclRule: entryOutput(entry) } : {}),
    ...(groups ? { SecurityGroups: groups.map(component) } : {}),
    ...balancerOutput(explanation),
    // Only a route that leads nowhere stands in an explanation.
    ...(route ? { RouteTableRoute: routeOutput(route, 'blackhole') } : {}),
    ...components({
      Acl: explanation.acl,
      Component: explanation.component,
      Destination: explanation.destination,
      ElasticLoadBalancerListener: explanation.listener,
      InternetGateway: explanation.internetGateway,
      LoadBalancerTargetGroup: explanation.targetGroup,
      NatGateway: explanation.natGateway,
      NetworkInterface: explanation.eni,
      RouteTable: explanation.routeTable,
      Subnet: explanation.subnet,
      TransitGateway: explanation.transitGateway,
      TransitGatewayAttachment: explanation.transitAttachment,
      TransitGatewayRouteTable: explanation.transitRouteTable,
      Vpc: explanation.vpc,
      VpcPeeringConnection: explanation.peering,
    }),
  };
}

/** What an explanation says of a load balancer besides its components. */
function balancerOutput(explanation: PathExplanation): Explanation {
  const { loadBalancerArn, classicListener, listenerPort, target, targetGroups, targetPort } = explanation;
  return {
    ...(loadBalancerArn === undefined ? {} : { LoadBalancerArn: loadBalancerArn }),
    ...(classicListener
      ? {
          ClassicLoadBalancerListener: {
            LoadBalancerPort: classicListener.port,
            InstancePort: classicListener.instancePort,
          },
        }
      : {}),
    ...(listenerPort === undefined ? {} : { LoadBalancerListenerPort: listenerPort }),
    ...(target ? { LoadBalancerTarget: targetOutput(target) } : {}),
    ...(targetGroups ? { LoadBalancerTargetGroups: targetGroups.map(component) } : {}),
    ...(targetPort === undefined ? {} : { LoadBalancerTargetPort: targetPort }),
  };
}

const targetOutput = ({ address, port, zone, instance }: PathTarget): AnalysisLoadBalancerTarget => ({
  Address: address,
  Port: port,
  ...(zone === undefined ? {} : { AvailabilityZone: zone }),
  ...(instance ? { Instance: component(instance) } : {}),
});
