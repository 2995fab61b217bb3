/** The thread of a `Flood`: sends until it is told to stop. */
import { workerData } from 'node:worker_threads';
import { send } from '#kernel/sys/descriptor.ts';
import type { FloodOrder } from './flood.ts';

const { descriptor, frame, shared, burst, pauseMs } = workerData as FloodOrder;
const control = new Int32Array(shared);

while (Atomics.load(control, 0) === 1) {
  for (let count = 0; count < burst; count++) send(descriptor, frame);
  Atomics.add(control, 1, burst);
  if (pauseMs > 0) Atomics.wait(control, 2, 0, pauseMs);
}
