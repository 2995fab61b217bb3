/** Where a packet is after a gateway: it enters somewhere, is outside, or lost. */
import type { Endpoint } from '#vpc/endpoint.ts';
import type { Flows } from './flows.ts';
import type { Packet } from './packet.ts';
import type { Port } from './port.ts';
import type { DropReason, Step } from './verdict.ts';

export type Onward =
  | { readonly kind: 'drop'; readonly because: DropReason; readonly steps: readonly Step[] }
  /** On the internet, at a host that is not ours. */
  | {
      readonly kind: 'outside';
      readonly packet: Packet;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    }
  /** At a service behind a gateway endpoint. */
  | {
      readonly kind: 'endpoint';
      readonly endpoint: Endpoint;
      readonly packet: Packet;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    }
  | {
      readonly kind: 'enter';
      readonly port: Port;
      readonly packet: Packet;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    };
