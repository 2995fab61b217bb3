/** How far long work is. */

/** Hears how much is done, of how much. */
export type OnProgress = (done: number, of: number) => void;

/** For work that nobody watches. */
export const unwatched: OnProgress = () => {};

/** Does a piece of work, and shows how far it is by what it counts. */
export type Watch = <T>(what: string, work: (onProgress: OnProgress) => T) => T;

/** The same where nobody watches. */
export const unseen: Watch = (_what, work) => work(unwatched);
