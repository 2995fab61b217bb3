/** DHCPv6 and router advertisements of one VPC, on sockets of its router. */
import type { Ip } from '#net/address.ts';
import type { Eni } from '#vpc/eni.ts';
import { type Network, networkOf } from '#vpc/network.ts';
import { portName } from '../../dataplane/names.ts';
import type { View } from '../dns/names.ts';
import { type Asker, answerTo6, hasIpv6 } from './lease.ts';
import { readQuestion6 } from './message.ts';
import { advertisement } from './router-advertisement.ts';
import { LinkSocket } from './sockets.ts';

/** How often a server is to tell some that there is a router. */
export const announceEveryMs = 10_000;
/** Of each kind of message, at one turn: nobody is to hold up the rest. */
const messagesMax = 64;
/** Everybody hears of the router three times within the lifetime that its advertisements have. */
const roundMs = 600_000;
const everybodyOnLink = 'ff02::1' as Ip;

export type Ipv6ServerOptions = {
  readonly view: () => View | undefined;
  /** The MAC address that the router has on every link. */
  readonly mac: string;
  readonly onFault: (error: unknown) => void;
};

type Round = { readonly enis: Iterator<Eni>; readonly network: Network; readonly perTurn: number };

export class Ipv6Server {
  readonly #options: Ipv6ServerOptions;
  readonly #solicitations: LinkSocket;
  readonly #dhcp: LinkSocket;
  readonly #serverId: Buffer;
  #round: Round | undefined;
  #nextRoundMs = 0;
  /** Interfaces by the router's device, of one state of the network. */
  #ports: { readonly of: Network['eni']; readonly byDevice: ReadonlyMap<string, Eni> } | undefined;

  /** To be made inside the router's namespace. SystemError where a socket cannot be opened. */
  constructor(options: Ipv6ServerOptions) {
    this.#options = options;
    this.#serverId = linkLayerId(options.mac);
    this.#solicitations = LinkSocket.ofSolicitations();
    try {
      this.#dhcp = LinkSocket.ofDhcp6();
    } catch (error) {
      this.#solicitations.close();
      throw error;
    }
    this.#serve(this.#solicitations, (asker) => advertisement(asker, options.mac));
    this.#serve(this.#dhcp, (asker, message) => {
      const question = readQuestion6(message);
      return question && answerTo6(asker, question, this.#serverId);
    });
  }

  /** Tells some of the VPC's interfaces that there is a router: each of them once in a round. */
  announce(nowMs: number): void {
    if (nowMs >= this.#nextRoundMs) {
      this.#round ??= this.#newRound();
      this.#nextRoundMs = nowMs + roundMs;
    }
    const round = this.#round;
    for (let count = 0; round && count < round.perTurn; count++) {
      const { done, value: eni } = round.enis.next();
      if (done) this.#round = undefined;
      if (done) return;
      const asker = { network: round.network, eni };
      const index = hasIpv6(asker) ? this.#solicitations.indexOf(portName(eni.id)) : undefined;
      if (index === undefined) continue;
      this.#solicitations.send(advertisement(asker, this.#options.mac), { address: everybodyOnLink, index });
    }
  }

  close(): void {
    this.#solicitations.close();
    this.#dhcp.close();
  }

  /** No message of a guest may end the server: a bug is reported, and its asker asks again. */
  #serve(socket: LinkSocket, answerOf: (asker: Asker, message: Buffer) => Buffer | undefined): void {
    const answerNext = (): boolean => {
      const arrived = socket.receive();
      const asker = arrived?.from && this.#askerAt(arrived.from.device);
      const answer = asker && answerOf(asker, arrived.message);
      if (answer) socket.send(answer, arrived.from);
      return arrived !== undefined;
    };
    socket.whenReadable(() => {
      try {
        for (let count = 0; count < messagesMax && answerNext(); count++);
      } catch (error) {
        this.#options.onFault(error);
      }
    });
  }

  #newRound(): Round | undefined {
    const view = this.#options.view();
    if (!view) return undefined;
    const network = networkOf(view.world, view.scope);
    const enis = network.eni.by('vpc', view.vpc.id)[Symbol.iterator]();
    const perTurn = Math.ceil((network.eni.countBy('vpc', view.vpc.id) * announceEveryMs) / roundMs);
    return { enis, network, perTurn };
  }

  /** The interface of IPv6 behind one of the router's devices. */
  #askerAt(device: string): Asker | undefined {
    const view = this.#options.view();
    if (!view) return undefined;
    const network = networkOf(view.world, view.scope);
    if (this.#ports?.of !== network.eni) {
      const enis = [...network.eni.by('vpc', view.vpc.id)];
      this.#ports = { of: network.eni, byDevice: new Map(enis.map((eni) => [portName(eni.id), eni])) };
    }
    const eni = this.#ports.byDevice.get(device);
    return eni && hasIpv6({ network, eni }) ? { network, eni } : undefined;
  }
}

/** DUID-LL (RFC 8415, 11.4). */
function linkLayerId(mac: string): Buffer {
  return Buffer.concat([Buffer.of(0, 3, 0, 1), Buffer.from(mac.replaceAll(':', ''), 'hex')]);
}
