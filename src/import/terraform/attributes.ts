/** Attributes of planned resources: known, following from others, or anything. */
import type { Unknown } from '../imported.ts';
import { booleanOf, isObject, type Json, numberOf, objectsOf, textOf } from '../json/fields.ts';
import { idsIn } from './id-kinds.ts';
import { idOfResource, type Origin, originOf } from './origins.ts';
import type { Resource } from './plan.ts';
import type { References } from './references.ts';

/** Takes what is unknown. What is told weakly gives way to what is told of the same otherwise. */
export type Tell = (unknown: Unknown, strength?: 'weak') => void;

/** Texts that are known, and whether there may be others that nobody knows. */
export type Texts = { readonly known: readonly string[]; readonly anything: boolean };

/** Reads the attributes of one resource, or of one nested block of it. */
export class Attributes {
  readonly resource: Resource;
  readonly #references: References;
  readonly #tell: Tell;
  readonly #values: Json;
  readonly #unknown: Json;
  readonly #block: string | undefined;

  constructor(
    resource: Resource,
    references: References,
    tell: Tell,
    nested?: { readonly block: string; readonly values: Json; readonly unknown: Json },
  ) {
    this.resource = resource;
    this.#references = references;
    this.#tell = tell;
    this.#values = nested?.values ?? resource.values;
    this.#unknown = nested?.unknown ?? resource.unknown;
    this.#block = nested?.block;
  }

  get id(): string {
    return idOfResource(this.resource);
  }

  /** The nested blocks of a name. */
  blocks(name: string): readonly Attributes[] {
    const unknown = this.#unknown[name];
    return objectsOf(this.#values, name).map((values, index) => {
      const part: unknown = Array.isArray(unknown) ? unknown[index] : undefined;
      const nested = { block: name, values, unknown: isObject(part) ? part : {} };
      return new Attributes(this.resource, this.#references, this.#tell, nested);
    });
  }

  /** Whether the configuration gives the attribute or block, rather than the provider. */
  isGiven(name: string): boolean {
    return this.#references.isGiven(this.resource, name);
  }

  /** Whether only the apply tells. */
  isUnknown(name: string): boolean {
    const unknown = this.#unknown[name];
    return unknown === true || (Array.isArray(unknown) && unknown.includes(true));
  }

  /** The text, or what it will be made from where that is one thing. */
  text(name: string): string | undefined {
    const known = textOf(this.#values, name);
    if (known !== undefined || this.#unknown[name] !== true) return known;
    const origin = this.#origin(name);
    if (origin.inferredFrom !== undefined && origin.single) {
      const { text, of } = origin.single;
      const what = `${this.resource.address}: ${this.#path(name)} is made from ${origin.inferredFrom}`;
      this.#tell({ what, effect: `plans do not tell locals; ${of.address} is all it can be (${text})` });
    } else if (!origin.single && idsIn(name) && this.isGiven(this.#block ?? name)) {
      this.#tell({ what: this.#afterApply(name), effect: `it could be ${choices(origin)}` }, 'weak');
    }
    return origin.single?.text;
  }

  /** A list of texts. What is unknown and follows from nothing is anything. */
  texts(name: string): Texts {
    const value = this.#values[name];
    const known = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
    if (!this.isUnknown(name)) return { known, anything: false };
    const { candidates, isOpen } = this.#origin(name);
    return { known: [...new Set([...known, ...candidates.map(({ text }) => text)])], anything: isOpen };
  }

  number(name: string): number | undefined {
    return numberOf(this.#values, name);
  }

  boolean(name: string): boolean | undefined {
    return booleanOf(this.#values, name);
  }

  /** The tags as describe operations list them. */
  tags(): readonly Json[] {
    const all = this.#values['tags_all'] ?? this.#values['tags'];
    const tags = isObject(all) ? Object.entries(all) : [];
    return tags.flatMap(([Key, Value]) => (typeof Value === 'string' ? [{ Key, Value }] : []));
  }

  /** Says what is supposed of an attribute. */
  suppose(name: string, effect: string): void {
    this.#tell({ what: this.#afterApply(name), effect });
  }

  #afterApply(name: string): string {
    return `${this.resource.address}: ${this.#path(name)} is known only after the apply`;
  }

  #path(name: string): string {
    return this.#block === undefined ? name : `${this.#block}.${name}`;
  }

  #origin(name: string): Origin {
    return originOf(this.#references, this.resource, name, { block: this.#block });
  }
}

const choicesShownMax = 5;

function choices({ candidates, isOpen }: Origin): string {
  const addresses = [...new Set(candidates.map(({ of }) => of.address))];
  const more = isOpen || addresses.length > choicesShownMax;
  return [...addresses.slice(0, choicesShownMax), ...(more ? ['anything'] : [])].join(' or ');
}
