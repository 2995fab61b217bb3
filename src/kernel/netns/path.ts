/** Where namespaces are kept by name. */
import { closeSync, constants, openSync } from 'node:fs';

/** The folder of iproute2's named namespaces; see ip-netns(8). */
export const namespaceFolder = '/run/netns';

/** One file name: no slash, no dot in front, at most 200 characters. */
const nameForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

/** The file that stands for a namespace. */
export function namespacePath(name: string): string {
  if (!nameForm.test(name)) throw new Error(`"${name}" is no namespace name`);
  return `${namespaceFolder}/${name}`;
}

/** Runs `use` with a descriptor of a namespace, for handing devices to it. */
export function withNamespaceDescriptor<T>(name: string, use: (fd: number) => T): T {
  const fd = openSync(namespacePath(name), constants.O_RDONLY);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
