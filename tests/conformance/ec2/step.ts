/**
 * The conformance suite as data. A step is one call of the real SDK with what AWS says of it around it: what it shows,
 * and which changes of its input are refused with which code. Texts that begin with `$` stand for what an earlier step
 * remembered (`$vpc`), `$block|/56|/64` with another part.
 */
import type { ResourceKind } from '#services/ec2/resources.ts';

export type Members = Readonly<Record<string, unknown>>;

/** Members put in place of the input's (undefined leaves one out), and AWS's code for it. */
export type Refused = readonly [change: Members, code: string];

export type Step = {
  readonly action: string;
  readonly input?: Members;
  /** Account and region; the usual ones unless said. */
  readonly as?: { readonly account?: string; readonly region?: string };
  /** Members without which the code is `MissingParameter`. */
  readonly required?: readonly string[];
  /** Members that hold ids of a kind: malformed and unknown ones get the codes of `resources`, or this one if unknown. */
  readonly ids?: Readonly<Record<string, ResourceKind | readonly [kind: ResourceKind, notFound: string]>>;
  /** Checked before the step itself. */
  readonly refuses?: readonly Refused[];
  /** Checked after the step. */
  readonly after?: readonly Refused[];
  /** The step itself is refused with this code. */
  readonly code?: string;
  /** Called again until the path holds the value: states that pass with the clock. */
  readonly until?: readonly [path: string, value: unknown];
  /** Path in the output → what stands there. A regular expression is matched, undefined means absent. */
  readonly shows?: Members;
  /** Name → path in the output. */
  readonly remembers?: Readonly<Record<string, string>>;
  /** AWS's ResourceType of what it makes, which then takes TagSpecifications. */
  readonly tags?: string;
  /** Whether it takes a client token; the path is the id in its output that a repetition gives again. */
  readonly token?: string;
};

/** Where an item of a list holds what a filter compares: a path, a value written `=value`, or null: none ever. */
export type Held = string | null;

/** A list: each of its filters finds an item by what the item shows, and not by another value. */
export type Listed = {
  readonly lists: string;
  readonly input?: Members;
  /** Path of the items in the output; `*` flattens. */
  readonly items: string;
  /** Member by which the item is known, and its value. */
  readonly by: string;
  readonly item: string;
  readonly filters: Readonly<Record<string, Held>>;
  /** The parameter that takes ids, where there is one, and the code for unknown ones if it is not that of `resources`. */
  readonly ids?: readonly [parameter: string, kind: ResourceKind, unlessAsUsual?: string];
  /** Whether `tag:` filters work: the item bears the tag `suite=conformance`. */
  readonly tagged?: boolean;
  /** Smallest and largest MaxResults. */
  readonly bounds?: readonly [min: number, max: number];
  readonly as?: Step['as'];
};

export type Row = Step | Listed;

/** The tag that tagged resources of the suite bear. */
export const suiteTag = { Key: 'suite', Value: 'conformance' };

/** A step. */
export function step(action: string, input: Members = {}, rest: Omit<Step, 'action' | 'input'> = {}): Step {
  return { action, input, ...rest };
}
