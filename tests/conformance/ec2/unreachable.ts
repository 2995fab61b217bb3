/** Code that no request to a server of a test reaches, with the reason. */

const hour = 'needs a clock that an hour or more has passed on';
const faces = 'the rows of a list that takes no ids';
const empty = 'a query cannot carry an empty list or structure; JSON-speaking callers in process can';

const reasons: readonly (readonly [place: RegExp, reason: string])[] = [
  [/^src\/services\/ec2\/network-insights\//, 'analyses are tested beside their code, against the engine'],
  [
    /^src\/services\/ec2\/request-resources\.ts/,
    'asked by policies of keys alone; their tests are beside it',
  ],
  [
    /vpn-gateways\/operations\.ts/,
    'only imported networks have such gateways; the tests are beside the code',
  ],
  [/images\/operations\.ts:.*\(\) => images/, 'each request lists the images of the owners it asks for'],
  [/noPublicAddress/, 'needs all 131,072 addresses of the pool'],
  [/find-instance\.ts:.*refuseNotFound/, hour],
  [/nat-gateways\/visible\.ts:.*refuseNotFound/, hour],
  [/peerings\/find\.ts:.*refuseNotFound/, hour],
  [/public-access\/exclusions\.ts:.*refuseNotFound/, hour],
  [/spot\/requests\.ts:.*refuseNotFound/, hour],
  [/interfaces\/modify\.ts:.*SecurityGroupId/, empty],
  [/launch-templates\/data\.ts:.*a member of LaunchT/, empty],
  [/security-groups\/describe\.ts:.*\(id, context\) => resourceOf\('securityGroup'/, faces],
  [/subnet-reservations\/operations\.ts:.*\(id, context\) => resourceOf/, faces],
  [
    /endpoints\/modify\.ts:.*does not change Gat/,
    'such endpoints come with imported networks alone; its test is beside it',
  ],
  [/prefix-lists\/describe\.ts:.*\(\{ cidr \}\) => cidr/, "AWS's own lists have no entries here"],
  [
    /(zone-choice|vpcs\/create)\.ts:.*invalidRegion/,
    'such a region has no defaults, and the server refuses it before',
  ],
  [/subnets\/create\.ts:.*subnetConflict/, 'needs a default VPC that is full of other subnets'],
];

/** Why a place is not reached; undefined where nothing excuses it. */
export function reasonFor(place: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(place))?.[1];
}
