/** How far long work is. */

/** Hears how much is done, of how much. */
export type OnProgress = (done: number, of: number) => void;

/** For work that nobody watches. */
export const unwatched: OnProgress = () => {};
