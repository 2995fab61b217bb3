/**
 * Three tiers in one VPC, for what is tried of the engine alone and of the kernel beside it: a public web tier, a private
 * one of an application and a database, and a subnet behind a strict ACL.
 */

import type { World } from '#vpc/network.ts';
import { buildWorld, type NetworkSpec, securityGroup, withEntity } from './network.ts';
import type { Addresses } from './packets.ts';

export const tiersSpec: NetworkSpec = {
  subnets: {
    pub: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    priv: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
    shut: {
      cidr: '10.0.3.0/24',
      acl: {
        ingress: ['90 deny tcp/22 0.0.0.0/0', '100 allow all 10.0.0.0/16'],
        egress: ['100 allow tcp/1024-65535 0.0.0.0/0'],
      },
    },
  },
  groups: {
    web: {
      ingress: ['tcp/80 0.0.0.0/0', 'tcp/80 ::/0', 'udp/5000 10.0.0.0/16', 'icmp/8 10.0.0.0/16'],
      egress: ['all 0.0.0.0/0', 'all ::/0'],
    },
    app: {
      ingress: ['tcp/8080 web', 'udp/53 web', 'proto/47 web', 'icmpv6/128 web', 'tcp/22 pl:office'],
      egress: ['tcp/5432 db', 'tcp/443 0.0.0.0/0'],
    },
    db: { ingress: ['tcp/5432 app', 'tcp/5432 2001:db8:100:1::/64', 'tcp/22 pl:office'] },
    none: {},
  },
  prefixLists: { office: ['192.0.2.0/24', '10.0.1.10/32'] },
  enis: {
    w: { subnet: 'pub', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['web'], publicIp: '198.18.0.10' },
    x: { subnet: 'pub', ips: ['10.0.1.11', '2001:db8:100:1::11'], groups: ['web'] },
    a: { subnet: 'priv', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['app'] },
    d: { subnet: 'priv', ips: ['10.0.2.30', '2001:db8:100:2::30'], groups: ['db'] },
    n: { subnet: 'priv', ips: ['10.0.2.40'], groups: ['none'] },
    s: { subnet: 'shut', ips: ['10.0.3.50'], groups: ['web', 'app'] },
    h: { subnet: 'pub', ips: ['10.0.1.12'], groups: ['web'], publicIp: '198.18.0.12' },
  },
};
export const tiers = buildWorld(tiersSpec);

/** What the scenarios call each interface: its IPv4 address, with a 6 behind it its IPv6 address. */
export const tierAddresses: Addresses = {
  w: '10.0.1.10',
  w6: '2001:db8:100:1::10',
  x: '10.0.1.11',
  a: '10.0.2.20',
  a6: '2001:db8:100:2::20',
  d: '10.0.2.30',
  d6: '2001:db8:100:2::30',
  n: '10.0.2.40',
  s: '10.0.3.50',
  h: '10.0.1.12',
};

/** The world with one group's rules replaced. */
export const withRules = (at: World, name: string, rules: NetworkSpec['groups'][string]) =>
  withEntity(at, 'securityGroup', securityGroup(name, rules));
