/** What others have done to the lab's devices, routing and kernel parameters, as the items to make again. */
import { audit } from './audit.ts';
import type { Item } from './item.ts';
import type { LabKernel } from './kernel.ts';
import { devicesOf, placesOf } from './topology.ts';

/** Parameters are looked at once in so many looks: reading those of one namespace takes a millisecond. */
const looksPerInspection = 8;

export class Damage {
  readonly #kernel: LabKernel;
  /** Namespaces that are gone. */
  readonly #lost = new Set<string>();
  /** Namespaces in which routing is not as planned. */
  readonly #altered = new Set<string>();
  /** Devices that are gone, as `namespace name`. */
  readonly #devices = new Set<string>();
  #looks = 0;

  constructor(kernel: LabKernel) {
    this.#kernel = kernel;
  }

  get isEmpty(): boolean {
    return this.#lost.size === 0 && this.#altered.size === 0;
  }

  /** Namespaces in which somebody may have added something. */
  get altered(): ReadonlySet<string> {
    return this.#altered;
  }

  /**
   * Looks for what was removed or changed since this was last called, and says what, a sentence each.
   * @param items returns what the plan has
   * @param onLost called for each namespace that is gone
   */
  look(items: () => readonly Item[], onLost: (namespace: string) => void): readonly string[] {
    const lost = this.#kernel.lost();
    for (const namespace of lost) {
      this.#lost.add(namespace);
      onLost(namespace);
    }
    const phrases = this.#kernel.suspicious().flatMap((namespace) => this.#audit(namespace, items()));
    return [
      ...lost.map((namespace) => `${namespace}: the namespace was removed`),
      ...phrases,
      ...this.#inspect(),
    ];
  }

  #inspect(): readonly string[] {
    const isDue = this.#looks++ % looksPerInspection === 0;
    const found = isDue ? this.#kernel.inspect() : undefined;
    if (!found) return [];
    this.#altered.add(found.namespace);
    return found.phrases.map((phrase) => `${found.namespace}: somebody has set ${phrase}`);
  }

  #audit(namespace: string, items: readonly Item[]): readonly string[] {
    const { phrases, missingDevices } = audit(this.#kernel, namespace, items);
    if (phrases.length > 0) this.#altered.add(namespace);
    for (const name of missingDevices) this.#devices.add(`${namespace} ${name}`);
    return phrases.map((phrase) => `${namespace}: there is ${phrase}`);
  }

  /** Returns what of the plan may be missing, and forgets it. */
  takeFrom(items: readonly Item[]): readonly Item[] {
    const devices = new Set(this.#devices);
    const places = new Set([...this.#lost, ...this.#altered]);
    for (const item of items) {
      if (item.kind !== 'veth') continue;
      const ends = devicesOf(item);
      const isGone =
        ends.some((end) => devices.has(end)) ||
        [item.near, item.far].some(({ namespace }) => this.#lost.has(namespace));
      if (isGone) for (const end of ends) devices.add(end);
    }
    this.#lost.clear();
    this.#altered.clear();
    this.#devices.clear();
    return items.filter(
      (item) =>
        (item.kind !== 'veth' && placesOf(item).some((place) => places.has(place))) ||
        devicesOf(item).some((end) => devices.has(end)),
    );
  }
}
