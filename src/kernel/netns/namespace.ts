/**
 * Network namespaces by name, in the place where iproute2 keeps them, so that `ip netns` shows them too.
 * Everything is synchronous: while the thread is in another namespace, no other JavaScript runs.
 */
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statfsSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { abort } from 'node:process';
import { isMainThread } from 'node:worker_threads';
import { SystemError } from '../sys/error.ts';
import { call, tryCall } from '../sys/libc.ts';
import { bringLoopbackUp } from './loopback.ts';
import { namespaceFolder, namespacePath } from './path.ts';

const ownNamespace = '/proc/thread-self/ns/net';

const CLONE_NEWNET = 0x40000000;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_SHARED = 1 << 20;
const MNT_DETACH = 2;
/** The type of the file system that a namespace's file is on, once mounted; see statfs(2). */
const NSFS_MAGIC = 0x6e736673;
const EEXIST = 17;
const EINVAL = 22;

/**
 * Whether there is a namespace of this name. A file of that name is not enough: a crash while one was made leaves a
 * plain one, and so does a folder that outlives its mounts.
 */
export function namespaceExists(name: string): boolean {
  const path = namespacePath(name);
  return existsSync(path) && statfsSync(path).type === NSFS_MAGIC;
}

/** What stands behind a name: no two namespaces that live at one time share it. Undefined where nothing does. */
export function namespaceIdentity(name: string): string | undefined {
  const file = statSync(namespacePath(name), { throwIfNoEntry: false });
  return file && `${file.dev} ${file.ino}`;
}

/** Names of the namespaces that start with `prefix`, sorted. */
export function listNamespaces(prefix: string): string[] {
  if (!existsSync(namespaceFolder)) return [];
  return readdirSync(namespaceFolder)
    .filter((name) => name.startsWith(prefix))
    .sort();
}

/**
 * Makes a namespace with its loopback device up.
 * @throws SystemError EEXIST where there is one of this name
 */
export function createNamespace(name: string): void {
  const path = namespacePath(name);
  prepareFolder();
  if (!namespaceExists(name)) deleteNamespace(name);
  createFile(path);
  try {
    withOwnNamespaceKept(() => {
      call('unshare', CLONE_NEWNET);
      bringLoopbackUp();
      call('mount', ownNamespace, path, 'none', MS_BIND, null);
    });
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

/**
 * Removes a namespace's name. The namespace itself, with its devices, goes when the last process and socket in it
 * do. False where there was none.
 */
export function deleteNamespace(name: string): boolean {
  const path = namespacePath(name);
  if (!existsSync(path)) return false;
  const unmounted = tryCall('umount2', path, MNT_DETACH);
  // EINVAL: a file that was never mounted upon, left by a crash between the two steps of making it.
  if (unmounted < 0 && unmounted !== -EINVAL) throw new SystemError('umount2', -unmounted, path);
  unlinkSync(path);
  return true;
}

/**
 * Runs `work` inside a namespace and returns its result. Sockets opened there stay there; timers, promises and
 * file reads started there do not.
 * @throws Error where `work` returns a promise; SystemError ENOENT where there is no such namespace
 */
export function inNamespace<T>(name: string, work: () => T): T {
  const path = namespacePath(name);
  return withOwnNamespaceKept(() => {
    enterNamespaceFile(path);
    const result = work();
    if (result instanceof Promise) throw new Error('work in a namespace must be synchronous');
    return result;
  });
}

/** Moves the calling thread into a namespace, for good. */
export function enterNamespace(name: string): void {
  enterNamespaceFile(namespacePath(name));
}

function enterNamespaceFile(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    call('setns', fd, CLONE_NEWNET);
  } finally {
    closeSync(fd);
  }
}

/**
 * Brings the thread back to its own namespace whatever happens. If that fails the process ends at once: going on
 * would mean to work on somebody else's network.
 */
function withOwnNamespaceKept<T>(work: () => T): T {
  if (!isMainThread) throw new Error('namespaces are entered on the main thread only');
  const own = openSync(ownNamespace, constants.O_RDONLY);
  try {
    return work();
  } finally {
    if (tryCall('setns', own, CLONE_NEWNET) < 0) abort();
    closeSync(own);
  }
}

/** Other mount namespaces see the names only if the folder is a shared mount, as `ip netns add` makes it. */
function prepareFolder(): void {
  mkdirSync(namespaceFolder, { recursive: true, mode: 0o755 });
  const share = () => tryCall('mount', '', namespaceFolder, 'none', MS_SHARED | MS_REC, null);
  if (share() === 0) return;
  call('mount', namespaceFolder, namespaceFolder, 'none', MS_BIND | MS_REC, null);
  const shared = share();
  if (shared < 0) throw new SystemError('mount', -shared, namespaceFolder);
}

/** Fails where the file exists: of two creators of one name, one must learn that it was second. */
function createFile(path: string): void {
  if (existsSync(path)) throw new SystemError('createNamespace', EEXIST, path);
  closeSync(openSync(path, constants.O_RDONLY | constants.O_CREAT | constants.O_EXCL, 0o444));
}
