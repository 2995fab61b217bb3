/** Runs a program inside a namespace in place of the calling process, as `ip netns exec` does. */
import { accessSync, constants, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { constants as systemConstants } from 'node:os';
import process from 'node:process';
import { F_GETFL, F_SETFL, O_NONBLOCK } from '../sys/fcntl.ts';
import { call, tryCall } from '../sys/libc.ts';
import { enterNamespace } from './namespace.ts';
import { namespaceFolder } from './path.ts';

const CLONE_NEWNS = 0x20000;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_SLAVE = 1 << 19;
const MNT_DETACH = 2;
const SIG_DFL = 0;
const SIG_SETMASK = 2;
/** Enough for the signal set of every C library. */
const signalSetBytes = 128;

/** Files that programs in a namespace see in place of those in /etc; see ip-netns(8). */
export const namespaceEtc = '/etc/netns';

export type ExecOptions = {
  /** What the program finds as /etc/resolv.conf, unless the namespace has a file of its own for that. */
  readonly resolverConfig?: string | undefined;
};

/**
 * Enters the namespace and becomes the program: input, output, signals and exit code are its own. Returns only an
 * exit code, after a message on standard error: 127 where there is no such program, 126 where it cannot be run.
 * @param argv program and arguments; a program without a slash is looked for in `env.PATH`
 * @throws SystemError where the namespace cannot be entered
 */
export function enterAndExec(
  namespace: string,
  argv: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  { resolverConfig }: ExecOptions = {},
): 126 | 127 {
  const [program] = argv;
  const found = findProgram(program, env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin');
  if (found.kind !== 'found') {
    process.stderr.write(`rampart: ${program}: ${found.kind}\n`);
    return found.kind === 'not found' ? 127 : 126;
  }
  enterNamespace(namespace);
  giveOwnMounts(namespace);
  if (resolverConfig !== undefined) giveResolverConfig(namespace, resolverConfig);
  resetInheritance();
  if (!process.execve) throw new Error('this Node cannot replace its process');
  process.execve(found.path, argv, env);
  return 126;
}

type Search =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not found' }
  | { readonly kind: 'not executable' };

function findProgram(program: string, path: string): Search {
  const candidates = program.includes('/')
    ? [program]
    : path.split(':').map((dir) => `${dir || '.'}/${program}`);
  const existing = candidates.filter((candidate) => existsSync(candidate));
  const runnable = existing.find(isRunnable);
  if (runnable !== undefined) return { kind: 'found', path: runnable };
  return { kind: existing.length > 0 ? 'not executable' : 'not found' };
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A view of /sys that shows the namespace's devices, and the namespace's own files over /etc, seen by nobody else. */
function giveOwnMounts(namespace: string): void {
  call('unshare', CLONE_NEWNS);
  call('mount', '', '/', 'none', MS_SLAVE | MS_REC, null);
  // In a container /sys may not be ours to mount; then it shows the devices of outside, and no more is lost.
  tryCall('mount', namespace, '/sys', 'sysfs', 0, null);
  const folder = `${namespaceEtc}/${namespace}`;
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (existsSync(`/etc/${name}`)) call('mount', `${folder}/${name}`, `/etc/${name}`, 'none', MS_BIND, null);
  }
}

/** Puts a file over /etc/resolv.conf that only this program sees and that goes with it: nothing stays on the disk. */
function giveResolverConfig(namespace: string, text: string): void {
  const target = '/etc/resolv.conf';
  if (!existsSync(target) || existsSync(`${namespaceEtc}/${namespace}/resolv.conf`)) return;
  // A file system in memory, over a folder that is there for sure, for the moment until its file is in place.
  const folder = namespaceFolder;
  call('mount', 'rampart', folder, 'tmpfs', 0, 'size=64k');
  writeFileSync(`${folder}/resolv.conf`, text, { mode: 0o644 });
  call('mount', `${folder}/resolv.conf`, target, 'none', MS_BIND, null);
  call('umount2', folder, MNT_DETACH);
}

/** Undoes what Node has set for itself and a program would inherit. */
function resetInheritance(): void {
  const { SIGPIPE, SIGXFSZ } = systemConstants.signals;
  // Node ignores both, and an ignored signal stays ignored: `yes | head` would never end.
  for (const signal of [SIGPIPE, SIGXFSZ]) call('signal', signal, SIG_DFL);
  call('sigprocmask', SIG_SETMASK, Buffer.alloc(signalSetBytes), null);
  for (const descriptor of [0, 1, 2]) {
    const flags = tryCall('fcntl', descriptor, F_GETFL, 0);
    if (flags > 0 && flags & O_NONBLOCK) tryCall('fcntl', descriptor, F_SETFL, flags & ~O_NONBLOCK);
  }
}
