/**
 * Idle timeouts of single interfaces. One kernel entry serves both sides of a flow, so the smaller timeouts of the two
 * apply; a gateway has none of its own. They are given to a flow with its first packet and stay with it.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#connection-tracking-timeouts
 */
import type { TrackingTimeouts } from '#vpc/eni.ts';
import type { SetSpec, TimeoutSpec } from '../nft/statement.ts';
import { type Chain, chain, type Piece } from './piece.ts';
import type { Pieces } from './pieces.ts';
import { goto, inSet, is, isMasked, markFromMap } from './statements.ts';
import { identityMask, vpcSets } from './vpc-sets.ts';

/** All three timeouts of an interface in seconds. */
export type TimeoutProfile = {
  readonly established: number;
  readonly oneway: number;
  readonly stream: number;
};

/** AWS's defaults, which the namespace has without further ado. */
const usual: TimeoutProfile = { established: 432_000, oneway: 30, stream: 180 };

/** The profile of an interface that has timeouts of its own. */
export function profileOf(timeouts: TrackingTimeouts): TimeoutProfile | undefined {
  const profile = {
    established: timeouts.tcpEstablishedSeconds ?? usual.established,
    oneway: timeouts.udpSeconds ?? usual.oneway,
    stream: timeouts.udpStreamSeconds ?? usual.stream,
  };
  return profileKey(profile) === profileKey(usual) ? undefined : profile;
}

function profileKey({ established, oneway, stream }: TimeoutProfile): string {
  return `${established}_${oneway}_${stream}`;
}

/** The ports of interfaces with a profile. */
export function profileSet(profile: TimeoutProfile): SetSpec {
  return { name: `tp_${profileKey(profile)}`, key: ['ifname'], interval: false };
}

function smaller(a: TimeoutProfile, b: TimeoutProfile): TimeoutProfile {
  return {
    established: Math.min(a.established, b.established),
    oneway: Math.min(a.oneway, b.oneway),
    stream: Math.min(a.stream, b.stream),
  };
}

function timeoutsOf({ established, oneway, stream }: TimeoutProfile): readonly [TimeoutSpec, TimeoutSpec] {
  return [
    { name: `t6_${established}`, protocol: 6, establishedSeconds: established },
    { name: `t17_${oneway}_${stream}`, protocol: 17, onewaySeconds: oneway, streamSeconds: stream },
  ];
}

const settingName = (profile: TimeoutProfile): string => `ts_${profileKey(profile)}`;

/** Gives the flow these timeouts. */
function setting(profile: TimeoutProfile): Chain {
  const [tcp, udp] = timeoutsOf(profile);
  return chain(
    settingName(profile),
    [is('l4proto', 6), { kind: 'timeout', object: tcp.name }],
    [is('l4proto', 17), { kind: 'timeout', object: udp.name }],
  );
}

/** One end has the profile; the other end, at `far`, one of these, the usual one, or none. */
function meeting(
  name: string,
  profile: TimeoutProfile,
  far: 'iifname' | 'oifname',
  others: readonly TimeoutProfile[],
): Chain {
  return chain(
    name,
    ...others.map((other) => [
      inSet([far], profileSet(other).name),
      goto(settingName(smaller(profile, other))),
    ]),
    [markFromMap([far], vpcSets.ports.name), isMasked('mark', identityMask, 0), goto(settingName(profile))],
    [goto(settingName(smaller(profile, usual)))],
  );
}

/** The chain `timeouts`, which sees the first packet of every flow, and what it leads to. */
function timeoutPiece(profiles: readonly TimeoutProfile[]): Piece {
  const met = profiles.flatMap((profile) => [
    profile,
    smaller(profile, usual),
    ...profiles.map((other) => smaller(profile, other)),
  ]);
  const all = [...new Map(met.map((profile) => [profileKey(profile), profile])).values()];
  const timeouts = new Map(all.flatMap(timeoutsOf).map((timeout) => [timeout.name, timeout]));
  const named = profiles.map((profile) => ({
    profile,
    key: profileKey(profile),
    set: profileSet(profile).name,
  }));
  return {
    concern: { kind: 'everybody' },
    sets: profiles.map(profileSet),
    timeouts: [...timeouts.values()],
    chains: [
      chain(
        'timeouts',
        ...named.map(({ key, set }) => [inSet(['iifname'], set), goto(`tf_${key}`)]),
        ...named.map(({ key, set }) => [inSet(['oifname'], set), goto(`tt_${key}`)]),
      ),
      ...named.flatMap(({ profile, key }) => [
        meeting(`tf_${key}`, profile, 'oifname', profiles),
        meeting(`tt_${key}`, profile, 'iifname', []),
      ]),
      ...all.map(setting),
    ],
    contributions: [],
  };
}

/** Which profiles there are. */
export class TimeoutProfiles {
  readonly #pieces: Pieces;
  readonly #byPort = new Map<string, TimeoutProfile>();
  #known = '';

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
    pieces.set('timeouts', timeoutPiece([]));
  }

  /** Notes the profile of a port; undefined where it is gone or has the usual one. */
  set(port: string, profile: TimeoutProfile | undefined): void {
    if (!profile && !this.#byPort.has(port)) return;
    if (profile) this.#byPort.set(port, profile);
    else this.#byPort.delete(port);
    const profiles = new Map([...this.#byPort.values()].map((each) => [profileKey(each), each]));
    const keys = [...profiles.keys()].sort();
    const known = keys.join(' ');
    if (known === this.#known) return;
    this.#known = known;
    this.#pieces.set('timeouts', timeoutPiece(keys.flatMap((key) => profiles.get(key) ?? [])));
  }
}
