/** What the server asks of the data plane. `lab` enforces in network namespaces; without one, nothing is enforced. */
import type { Ip } from '#net/address.ts';
import type { World } from '#vpc/network.ts';

export type EnforcementStatus = {
  readonly mode: 'lab' | 'off';
  /** False while the kernel holds something older or narrower than the committed world. */
  readonly ok: boolean;
  /** Count of acknowledged kernel changes of this run. */
  readonly generation: number;
  /** Journal sequence that the kernel has. */
  readonly sequence: number;
  /** What the API knows and the kernel does not enforce, one sentence each. */
  readonly notEnforced: readonly string[];
  /** Of the last attempt, if something in it failed. */
  readonly error?: string;
  /** What is closed, or as it was before, because the kernel refused it; it is tried again. */
  readonly failing: readonly FailingResource[];
  /** How often somebody else had changed what the kernel holds, and it was put right. */
  readonly repairs: number;
  /** What had been changed when that last happened. */
  readonly lastRepair?: string;
};

export type FailingResource = { readonly resource: string; readonly error: string };

/** How long changes took from their being durable until the kernel had them. */
export type DelayFigures = {
  /** Changes that took at most `le` milliseconds, for each bound. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly count: number;
  readonly sumMs: number;
};

/** An address at which no host on the internet can be; the message says why. */
export class NotOnTheInternet extends Error {}

export interface Enforcement {
  /**
   * Brings the kernel to the world as of a journal sequence. Resolves when the kernel has that world or a later
   * one, or when the attempt failed and `status` says so; calls made meanwhile coalesce.
   */
  apply(world: World, sequence: number): Promise<void>;
  status(): EnforcementStatus;
  delays(): DelayFigures;
  /** Name of the network namespace of a running lab instance. */
  namespaceOf(instanceId: string): string | undefined;
  /** What programs in an instance should find as /etc/resolv.conf. */
  resolverConfigOf(instanceId: string): string | undefined;
  /**
   * Name of the namespace of an internet host with this address, made if absent. Rejects with `NotOnTheInternet` for
   * an address that leads into a VPC.
   */
  internetHost(address: Ip): Promise<string>;
  /** Stops managing; the kernel keeps filtering. */
  close(): Promise<void>;
  /** Removes every namespace, device and rule of ours. */
  purge(): Promise<void>;
}
