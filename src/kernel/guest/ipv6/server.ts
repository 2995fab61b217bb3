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

/** How often a server looks whether it was asked. */
export const pollEveryMs = 100;
/** Of each kind of message, at one look: nobody is to hold up the rest. */
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

type Round = { readonly enis: Iterator<Eni>; readonly network: Network; readonly perLook: number };

export class Ipv6Server {
  readonly #options: Ipv6ServerOptions;
  readonly #solicitations: LinkSocket;
  readonly #dhcp: LinkSocket;
  readonly #serverId: Buffer;
  #round: Round | undefined;
  #nextRoundMs = 0;
  /** Interfaces by the router's device, of one state of the network. */
  #ports: { readonly of: Network['eni']; readonly enis: ReadonlyMap<string, Eni> } | undefined;

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
  }

  /** Answers what waits, and says to some that there is a router. */
  look(nowMs: number): void {
    const view = this.#options.view();
    if (!view) return;
    const network = networkOf(view.world, view.scope);
    const askerAt = (device: string): Asker | undefined => {
      const eni = this.#eniAt(network, view.vpc.id, device);
      return eni && hasIpv6({ network, eni }) ? { network, eni } : undefined;
    };
    this.#answer(this.#solicitations, askerAt, (asker) => advertisement(asker, this.#options.mac));
    this.#answer(this.#dhcp, askerAt, (asker, message) => {
      const question = readQuestion6(message);
      return question && answerTo6(asker, question, this.#serverId);
    });
    this.#announce(network, view.vpc.id, nowMs);
  }

  close(): void {
    this.#solicitations.close();
    this.#dhcp.close();
  }

  /** No message of a guest may end the server: a bug is reported, and its asker asks again. */
  #answer(
    socket: LinkSocket,
    askerAt: (device: string) => Asker | undefined,
    answerOf: (asker: Asker, message: Buffer) => Buffer | undefined,
  ): void {
    for (let count = 0; count < messagesMax; count++) {
      const arrived = socket.receive();
      if (!arrived) return;
      const { message, from } = arrived;
      try {
        const asker = from && askerAt(from.device);
        const answer = asker && answerOf(asker, message);
        if (answer) socket.send(answer, from);
      } catch (error) {
        this.#options.onFault(error);
      }
    }
  }

  #announce(network: Network, vpcId: Eni['vpcId'], nowMs: number): void {
    if (!this.#round && nowMs >= this.#nextRoundMs) {
      const perLook = Math.ceil((network.eni.countBy('vpc', vpcId) * pollEveryMs) / roundMs);
      this.#round = { enis: network.eni.by('vpc', vpcId)[Symbol.iterator](), network, perLook };
      this.#nextRoundMs = nowMs + roundMs;
    }
    const round = this.#round;
    for (let count = 0; round && count < round.perLook; count++) {
      const { done, value } = round.enis.next();
      if (done) this.#round = undefined;
      if (done) return;
      const asker = { network: round.network, eni: value };
      const index = hasIpv6(asker) ? this.#solicitations.indexOf(portName(value.id)) : undefined;
      if (index === undefined) continue;
      this.#solicitations.send(advertisement(asker, this.#options.mac), { address: everybodyOnLink, index });
    }
  }

  #eniAt(network: Network, vpcId: Eni['vpcId'], device: string): Eni | undefined {
    if (this.#ports?.of !== network.eni) {
      const enis = new Map([...network.eni.by('vpc', vpcId)].map((eni) => [portName(eni.id), eni]));
      this.#ports = { of: network.eni, enis };
    }
    return this.#ports.enis.get(device);
  }
}

/** DUID-LL (RFC 8415, 11.4). */
function linkLayerId(mac: string): Buffer {
  return Buffer.concat([Buffer.of(0, 3, 0, 1), Buffer.from(mac.replaceAll(':', ''), 'hex')]);
}
