/** The stories of the suite in their order: later ones use what earlier ones remember. */
import type { Row } from './step.ts';
import { accountStory, defaultVpcStory, endStory, limitStory } from './steps/account.ts';
import { changedOptions } from './steps/changed-options.ts';
import { delegatedPrefixStory } from './steps/delegated-prefixes.ts';
import { encryptionControlStory } from './steps/encryption-controls.ts';
import { endpointStory } from './steps/endpoints.ts';
import { fabricStory } from './steps/fabric.ts';
import { gatewayStory } from './steps/gateways.ts';
import { instanceChanges, instanceEnd } from './steps/instance-changes.ts';
import { describing as instanceLists } from './steps/instance-lists.ts';
import { launching } from './steps/instances.ts';
import { interfaceStory } from './steps/interfaces.ts';
import { ipv6OnlyStory } from './steps/ipv6-only.ts';
import { launchingStory } from './steps/launching.ts';
import { machineStory } from './steps/machine-options.ts';
import { natAddressStory } from './steps/nat-addresses.ts';
import { networkAclStory } from './steps/network-acls.ts';
import { networkInsightsStory } from './steps/network-insights.ts';
import { peeringStory } from './steps/peerings.ts';
import { prefixListStory } from './steps/prefix-lists.ts';
import { publicAccessStory } from './steps/public-access.ts';
import { regionalNatStory } from './steps/regional-nats.ts';
import { routeStory } from './steps/routes.ts';
import { securityGroupStory } from './steps/security-groups.ts';
import { sharedVolumeStory } from './steps/shared-volumes.ts';
import { spotStory } from './steps/spot.ts';
import { subnetStory } from './steps/subnets.ts';
import { terraformStory } from './steps/terraform.ts';
import { vpcStory } from './steps/vpcs.ts';

export const stories: Readonly<Record<string, readonly Row[]>> = {
  VPCs: vpcStory,
  subnets: subnetStory,
  gateways: gatewayStory,
  'addresses of NAT gateways': natAddressStory,
  'regional NAT gateways': regionalNatStory,
  routes: routeStory,
  'network ACLs': networkAclStory,
  'prefix lists': prefixListStory,
  'security groups': securityGroupStory,
  peerings: peeringStory,
  'interfaces and addresses': interfaceStory,
  'delegated prefixes': delegatedPrefixStory,
  'IPv6 alone': ipv6OnlyStory,
  instances: [...launching, ...instanceLists],
  'instances under change': instanceChanges,
  'what instances are launched from': launchingStory,
  'what machines are asked for': machineStory,
  'what machines are asked for later': changedOptions,
  'the spot market': spotStory,
  'adapters of the fabric': fabricStory,
  'volumes of several instances': sharedVolumeStory,
  'the block of public access': publicAccessStory,
  'what watches encryption': encryptionControlStory,
  'paths and their analyses': networkInsightsStory,
  endpoints: endpointStory,
  'the account and its neighbours': accountStory,
  "the calls of Terraform's provider": terraformStory,
  limits: limitStory,
  'the default VPC': defaultVpcStory,
  'the end of instances': instanceEnd,
  'the end': endStory,
};
