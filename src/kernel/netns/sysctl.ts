/** Kernel parameters of the namespace that the thread is in. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Only network parameters belong to a namespace; others would be the machine's. */
const keyForm = /^net(\/[A-Za-z0-9_.-]+)+$/;

function pathOf(key: string): string {
  if (!keyForm.test(key) || key.includes('..')) throw new Error(`"${key}" is no network parameter`);
  return `/proc/sys/${key}`;
}

/** Sets a parameter such as `net/ipv4/ip_forward`. To be called inside `inNamespace`. */
export function writeSysctl(key: string, value: string | number): void {
  writeFileSync(pathOf(key), String(value));
}

/** The value of a parameter, without the line's end. */
export function readSysctl(key: string): string {
  return readFileSync(pathOf(key), 'latin1').trimEnd();
}
