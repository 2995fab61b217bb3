/** Brings up `lo` of a namespace that was just made. */
import { RouteSocket } from '../rtnl/socket.ts';

/** Sets the loopback device of the calling thread's namespace up. */
export function bringLoopbackUp(): void {
  const routes = RouteSocket.open();
  try {
    routes.changeLink('lo', { up: true });
  } finally {
    routes.close();
  }
}
