/**
 * Examples in the help of questions. Their outputs are true: tests/e2e/help-examples.test.ts asks each of them, of the
 * network in docs/example.
 */

export type Example = { readonly command: string; readonly output: readonly string[] };

export const examples = {
  can: {
    command: 'can internet i-00000000000000001 tcp/80 --network dump:docs/example/now',
    output: [
      'no   ipv4  internet → i-00000000000000001 tcp/80',
      '     request',
      '       igw-00000000000000001 translates 203.0.113.10 to 10.0.1.10',
      '       network ACL of subnet-00000000000000001, ingress: allowed by entry 100 of acl-00000000000000001',
      '       groups of eni-00000000000000001, ingress: denied: no rule admits it',
      '       dropped: no ingress rule of the security groups of eni-00000000000000001 admits it',
      '     ENI_SG_RULES_MISMATCH at eni-00000000000000001, request',
      '     would work with: a rule in sg-0000000000000000a, ingress tcp/80 from 203.0.113.1/32',
    ],
  },
  effective: {
    command: 'effective i-00000000000000002 --network dump:docs/example/now',
    output: [
      'eni-00000000000000002  10.0.2.20',
      'groups: db (sg-0000000000000000b)',
      '',
      'ingress',
      '  service   peer                  stands for  group  rule',
      '  tcp/5432  sg-0000000000000000a  10.0.1.10   db     sgr-00000000000000004',
      '',
      'egress: nothing',
    ],
  },
  exposure: {
    command: 'exposure --network dump:docs/example/now',
    output: [
      'eni-00000000000000001 (web)  203.0.113.10  from 100 % of the internet',
      '    tcp/22, tcp/443  ·  0.0.0.0/0',
      '    by sgr-00000000000000001 of sg-0000000000000000a: tcp/443 from 0.0.0.0/0',
      '    by sgr-00000000000000002 of sg-0000000000000000a: tcp/22 from 0.0.0.0/0',
      '    by sgr-00000000000000005 of sg-0000000000000000a: tcp/443 from 198.51.100.0/24',
      '1 interface is reached from the internet, of 2',
    ],
  },
  reach: {
    command: 'reach i-00000000000000001 --network dump:docs/example/now',
    output: [
      'eni-00000000000000001 (web)',
      '  eni-00000000000000002 (db)  from eni-00000000000000001 by tcp/5432',
      '1 interface is reached; 1 leads to the internet',
    ],
  },
  diff: {
    command: 'diff dump:docs/example/before dump:docs/example/now --fail-on internet',
    output: [
      'newly allowed: the internet → eni-00000000000000001 (web) 10.0.1.10',
      '    tcp/22  ·  0.0.0.0/0',
      'newly allowed: addresses of the network that nobody holds → eni-00000000000000001 (web) 10.0.1.10',
      '    tcp/22  ·  10.0.0.0/16',
      '2 newly allowed, 0 no longer allowed; the internet gains access',
    ],
  },
  check: {
    command: 'check docs/example/contracts.yaml --network dump:docs/example/now',
    output: [
      'holds   the shop is open',
      'BROKEN  nobody has SSH from the internet',
      '    works: internet → eni-00000000000000001 (web) 10.0.1.10',
      '        tcp/22  ·  0.0.0.0/0',
      'holds   the shop alone reaches the database',
    ],
  },
  redundant: {
    command: 'redundant --network dump:docs/example/now',
    output: [
      'sg-0000000000000000a (web)',
      '    sgr-00000000000000005  ingress tcp/443 from 198.51.100.0/24: covered by sgr-00000000000000001 (tcp/443 from 0.0.0.0/0)',
      '1 rule can go',
    ],
  },
  unused: {
    command: 'unused --network dump:docs/example/now',
    output: [
      'sg-0000000000000000d (office-2): no interface carries it',
      'sg-0000000000000000c (office): no interface carries it',
      'in this order:',
      '    delete sg-0000000000000000d',
      '    delete sg-0000000000000000c',
      '2 groups are on no interface',
    ],
  },
  same: {
    command: 'same sg-0000000000000000c sg-0000000000000000d --network dump:docs/example/now',
    output: ['sg-0000000000000000c and sg-0000000000000000d admit the same'],
  },
  compact: {
    command: 'compact sg-0000000000000000c --network dump:docs/example/now',
    output: [
      '- sgr-00000000000000006  ingress tcp/22 from 198.51.100.0/25',
      '- sgr-00000000000000007  ingress tcp/22 from 198.51.100.128/25',
      '+ ingress tcp/22 from 198.51.100.0/24',
      '2 rules become 1; both lists admit the same',
    ],
  },
  when: {
    command: 'when internet i-00000000000000001 tcp/22',
    output: [
      'yes  internet → i-00000000000000001 tcp/22',
      '     opened at 2026-01-31T12:00:00.000Z by arn:aws:iam::123456789012:root: AuthorizeSecurityGroupIngress (journal 2)',
    ],
  },
} as const satisfies Record<string, Example>;

/** The example of a question as its help shows it. */
export function exampleHelp(name: keyof typeof examples): string {
  const { command, output } = examples[name];
  const place = command.includes('docs/example') ? ', in the folder of Rampart' : '';
  return [
    `\nExample${place}:`,
    `  $ rampart ${command}`,
    ...output.map((line) => `  ${line}`.trimEnd()),
  ].join('\n');
}
