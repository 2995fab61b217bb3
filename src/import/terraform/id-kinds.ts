/** Kinds of ids, by their prefixes: which resources have one, and which attributes hold one. */

/** Terraform's type → the prefix of its ids. */
export const prefixes: Readonly<Record<string, string>> = {
  aws_vpc: 'vpc',
  aws_default_vpc: 'vpc',
  aws_subnet: 'subnet',
  aws_default_subnet: 'subnet',
  aws_security_group: 'sg',
  aws_default_security_group: 'sg',
  aws_vpc_security_group_ingress_rule: 'sgr',
  aws_vpc_security_group_egress_rule: 'sgr',
  aws_instance: 'i',
  aws_network_interface: 'eni',
  aws_eip: 'eipalloc',
  aws_eip_association: 'eipassoc',
  aws_route_table: 'rtb',
  aws_default_route_table: 'rtb',
  aws_route_table_association: 'rtbassoc',
  aws_internet_gateway: 'igw',
  aws_vpn_gateway: 'vgw',
  aws_egress_only_internet_gateway: 'eigw',
  aws_nat_gateway: 'nat',
  aws_network_acl: 'acl',
  aws_default_network_acl: 'acl',
  aws_ec2_managed_prefix_list: 'pl',
  aws_prefix_list: 'pl',
  aws_vpc_peering_connection: 'pcx',
  aws_vpc_peering_connection_accepter: 'pcx',
  aws_ec2_transit_gateway: 'tgw',
  aws_vpc_endpoint: 'vpce',
};

/** Attributes, of resources and of their blocks, that hold ids → the prefixes that those ids may have. */
const held: Readonly<Record<string, readonly string[]>> = {
  vpc_id: ['vpc'],
  peer_vpc_id: ['vpc'],
  subnet_id: ['subnet'],
  subnet_ids: ['subnet'],
  security_group_id: ['sg'],
  source_security_group_id: ['sg'],
  referenced_security_group_id: ['sg'],
  security_groups: ['sg'],
  vpc_security_group_ids: ['sg'],
  default_security_group_id: ['sg'],
  route_table_id: ['rtb'],
  default_route_table_id: ['rtb'],
  main_route_table_id: ['rtb'],
  network_acl_id: ['acl'],
  default_network_acl_id: ['acl'],
  network_interface_id: ['eni'],
  primary_network_interface_id: ['eni'],
  instance: ['i'],
  instance_id: ['i'],
  allocation_id: ['eipalloc'],
  allocation_ids: ['eipalloc'],
  gateway_id: ['igw', 'vgw'],
  internet_gateway_id: ['igw'],
  nat_gateway_id: ['nat'],
  egress_only_gateway_id: ['eigw'],
  transit_gateway_id: ['tgw'],
  vpc_endpoint_id: ['vpce'],
  vpc_peering_connection_id: ['pcx'],
  prefix_list_id: ['pl'],
  prefix_list_ids: ['pl'],
  destination_prefix_list_id: ['pl'],
};

/** The prefixes of the ids that an attribute holds; undefined where it holds something else. */
export function idsIn(attribute: string): readonly string[] | undefined {
  return Object.hasOwn(held, attribute) ? held[attribute] : undefined;
}

/** The prefixes of what stands in an attribute of a resource of a type; without an attribute, of the resource's own id. */
export function idsAt(type: string, attribute: string | undefined): readonly string[] {
  const isOwn =
    attribute === undefined || attribute === 'id' || (type === 'aws_eip' && attribute === 'allocation_id');
  if (!isOwn) return idsIn(attribute) ?? [];
  const prefix = Object.hasOwn(prefixes, type) ? prefixes[type] : undefined;
  return prefix === undefined ? [] : [prefix];
}
