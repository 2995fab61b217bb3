/** Failures of system calls. */
import { constants } from 'node:os';

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, value]) => [value, name]),
);

/** The symbolic name of an error number, such as `ENOENT`. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}

/** A system call, or a request to the kernel over netlink, that failed. */
export class SystemError extends Error {
  /** What was attempted, such as `setns` or `RTM_NEWROUTE`. */
  readonly call: string;
  /** Symbolic name: `ENOENT`, `EPERM` … */
  readonly errno: string;

  constructor(call: string, errno: number, detail?: string) {
    super(`${call}: ${errnoName(errno)}${detail === undefined ? '' : ` (${detail})`}`);
    this.name = 'SystemError';
    this.call = call;
    this.errno = errnoName(errno);
  }
}
