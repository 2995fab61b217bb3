/** Idle timeouts of tracked flows, per interface. */
import type { ConnectionTrackingSpecificationRequest } from '@aws-sdk/client-ec2';
import type { TrackingTimeouts } from '#vpc/eni.ts';
import { inRange } from '../../input.ts';

type Bounds = {
  readonly member: keyof ConnectionTrackingSpecificationRequest;
  readonly min: number;
  readonly max: number;
};

/**
 * Seconds, both inclusive.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingSpecificationRequest.html
 */
const bounds = {
  tcpEstablishedSeconds: { member: 'TcpEstablishedTimeout', min: 60, max: 432_000 },
  udpSeconds: { member: 'UdpTimeout', min: 30, max: 60 },
  udpStreamSeconds: { member: 'UdpStreamTimeout', min: 60, max: 180 },
} as const satisfies Record<keyof TrackingTimeouts, Bounds>;

/** The timeouts with the request's in place of those it names. */
export function timeoutsWith(
  timeouts: TrackingTimeouts,
  request: ConnectionTrackingSpecificationRequest | undefined,
): TrackingTimeouts {
  const next: { -readonly [Name in keyof TrackingTimeouts]: number } = { ...timeouts };
  for (const [name, { member, min, max }] of Object.entries(bounds)) {
    const value = request?.[member];
    if (value === undefined) continue;
    const parameter = `ConnectionTrackingSpecification.${member}`;
    next[name as keyof TrackingTimeouts] = inRange(value, { min, max, parameter });
  }
  return next;
}

/** The timeouts that were set, as the API shows them; undefined where none was. */
export function timeoutsOutput(timeouts: TrackingTimeouts) {
  if (Object.keys(timeouts).length === 0) return undefined;
  return {
    TcpEstablishedTimeout: timeouts.tcpEstablishedSeconds,
    UdpTimeout: timeouts.udpSeconds,
    UdpStreamTimeout: timeouts.udpStreamSeconds,
  };
}
