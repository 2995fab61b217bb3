/** Counts the calls that a server answers, at every one of them. */
import { histogramText, latencyBuckets, Tally } from './histogram.ts';

export type AnsweredCall = { readonly service: string; readonly action: string; readonly code: string };

/** Calls of one service, action and code. */
export type Counted = { readonly call: AnsweredCall; readonly count: number };

/** Calls by service, action and code, and how long those of each action took. */
export class CallCounts {
  readonly #calls = new Map<string, Counted & { count: number; readonly seconds: Tally }>();
  readonly #seconds = new Map<string, Tally>();

  /** Each kind of call, and how often it came. */
  counted(): Iterable<Counted> {
    return this.#calls.values();
  }

  answered({ service, action, code }: AnsweredCall, seconds: number): void {
    const key = `${service} ${action} ${code}`;
    let known = this.#calls.get(key);
    if (!known) {
      known = { call: { service, action, code }, count: 0, seconds: this.#secondsOf(service, action) };
      this.#calls.set(key, known);
    }
    known.count++;
    known.seconds.observe(seconds);
  }

  text(): string {
    const series = [...this.#seconds].map(([labels, tally]) => [labels, tally.figures()] as const);
    return histogramText('rampart_request_seconds', 'Time from the whole request to its answer', series);
  }

  #secondsOf(service: string, action: string): Tally {
    const labels = `service="${service}",action="${action}"`;
    const tally = this.#seconds.get(labels) ?? new Tally(latencyBuckets);
    this.#seconds.set(labels, tally);
    return tally;
  }
}
