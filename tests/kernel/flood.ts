/** The same frame again and again from a thread of its own, and counters that see what arrives. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { is } from '#kernel/dataplane/statements.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { NftRule } from '#kernel/nft/statement.ts';
import { closeDescriptor } from '#kernel/sys/descriptor.ts';
import { openSender } from './port.ts';

export type FloodOrder = {
  readonly descriptor: number;
  readonly frame: Uint8Array;
  /** 0: whether to go on; 1: frames sent. */
  readonly shared: SharedArrayBuffer;
  readonly burst: number;
  /** 0: as fast as it goes. */
  readonly pauseMs: number;
};

export class Flood {
  readonly #worker: Worker;
  readonly #control: Int32Array;
  readonly #descriptor: number;

  private constructor(worker: Worker, control: Int32Array, descriptor: number) {
    this.#worker = worker;
    this.#control = control;
    this.#descriptor = descriptor;
  }

  /** Sends bursts of the frame from a device, with a pause after each. */
  static start(
    from: { readonly namespace: string; readonly device: string },
    frame: Uint8Array,
    { burst, pauseMs }: { readonly burst: number; readonly pauseMs: number },
  ): Flood {
    const descriptor = openSender(from.namespace, from.device);
    const shared = new SharedArrayBuffer(12);
    const control = new Int32Array(shared);
    control[0] = 1;
    const order: FloodOrder = { descriptor, frame, shared, burst, pauseMs };
    const worker = new Worker(new URL('./flood-worker.ts', import.meta.url), { workerData: order });
    return new Flood(worker, control, descriptor);
  }

  get sent(): number {
    return Atomics.load(this.#control, 1);
  }

  /** Returns how many frames were sent. */
  async stop(): Promise<number> {
    const ended = once(this.#worker, 'exit');
    Atomics.store(this.#control, 0, 0);
    await ended;
    closeDescriptor(this.#descriptor);
    return this.sent;
  }
}

const countingTable = 'count';

/** Counts from 0 what arrives in a namespace by its destination port, before anything there can drop it. */
export class ArrivalCounter {
  readonly #socket: NftSocket;
  readonly #ports: readonly number[];

  constructor(namespace: string, ports: readonly number[]) {
    this.#ports = ports;
    this.#socket = inNamespace(namespace, () => NftSocket.open());
    const count = (port: number): NftRule => [is('th dport', port), { kind: 'counter' }];
    this.#socket.apply([
      { kind: 'addTable', table: countingTable },
      { kind: 'deleteTable', table: countingTable },
      { kind: 'addTable', table: countingTable },
      {
        kind: 'addChain',
        table: countingTable,
        chain: {
          name: 'in',
          hook: { type: 'filter', hook: 'prerouting', priority: -500, policy: 'accept' },
        },
      },
      ...ports.map((port) => ({
        kind: 'addRule' as const,
        table: countingTable,
        chain: 'in',
        rule: count(port),
      })),
    ]);
  }

  /** Packets to the port so far. */
  of(port: number): number {
    const index = this.#ports.indexOf(port);
    return this.#socket.rules(countingTable, 'in')[index]?.counter?.packets ?? 0;
  }

  close(): void {
    this.#socket.close();
  }
}
