/** The interfaces that DescribeNetworkInterfaces lists, by what tells whom they carry; each index is made once. */
import { type Json, textOf } from '../json/fields.ts';
import type { Found } from './found.ts';

/** Most descriptions are what their owners wrote. */
const namesCarrier = (item: Json): boolean => /^ELB |tgw-attach-/.test(textOf(item, 'Description') ?? '');

export class DescribedInterfaces {
  readonly #found: readonly Found[];
  #byId: ReadonlyMap<string, Json> | undefined;
  #byDescription: ReadonlyMap<string, readonly Json[]> | undefined;

  constructor(found: readonly Found[]) {
    this.#found = found;
  }

  get(id: string): Json | undefined {
    this.#byId ??= new Map(this.#found.map(({ item }) => [textOf(item, 'NetworkInterfaceId') ?? '', item]));
    return this.#byId.get(id);
  }

  /** The interfaces that are described by just this text, which names a carrier. */
  describedAs(text: string): readonly Json[] {
    return this.#described.get(text) ?? [];
  }

  /** The different descriptions that name a carrier. */
  descriptions(): Iterable<string> {
    return this.#described.keys();
  }

  get #described(): ReadonlyMap<string, readonly Json[]> {
    this.#byDescription ??= Map.groupBy(
      this.#found.flatMap(({ item }) => (namesCarrier(item) ? [item] : [])),
      (item) => textOf(item, 'Description') ?? '',
    );
    return this.#byDescription;
  }
}
