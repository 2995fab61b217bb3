/** Namespaces of a test: unique to its process, swept away when it ends and when an earlier run left some. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { after } from 'node:test';
import { createNamespace, deleteNamespace, listNamespaces } from '#kernel/netns/namespace.ts';
import { kernelSupport } from '#kernel/support.ts';

const prefix = 'rpt-';

const support = kernelSupport();

/** For the `skip` of a test: false where the kernel can be used, or why it cannot. */
export const skip: false | string = support.possible ? false : support.reason;

/** A fresh namespace, removed after the test file; `purpose` tells them apart in `ip netns`. */
export function testNamespace(purpose: string): string {
  sweepLeftovers();
  const name = `${prefix}${process.pid}-${purpose}`;
  createNamespace(name);
  after(() => {
    deleteNamespace(name);
  });
  return name;
}

/** Removes the namespaces of test processes that are no more. */
export function sweepLeftovers(): void {
  for (const name of listNamespaces(prefix)) {
    const owner = /^rpt-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) deleteNamespace(name);
  }
}
