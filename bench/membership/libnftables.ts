/** libnftables in this process: what one uses who does not speak netlink. */
import koffi from 'koffi';
import { inNamespace } from '#kernel/netns/namespace.ts';

const candidates = ['libnftables.so.1', '/usr/lib/x86_64-linux-gnu/libnftables.so.1'];

export type Libnftables = { run(command: string): void; close(): void };

/** A context in the namespace, or why there is none. */
export function openLibnftables(namespace: string): Libnftables | { readonly missing: string } {
  const library = load();
  if (!library) return { missing: 'libnftables.so.1 is not installed (Debian: libnftables1)' };
  const make = library.func('void *nft_ctx_new(uint32_t flags)');
  const runBuffer = library.func('int nft_run_cmd_from_buffer(void *context, const char *commands)');
  const bufferErrors = library.func('int nft_ctx_buffer_error(void *context)');
  const errors = library.func('const char *nft_ctx_get_error_buffer(void *context)');
  const free = library.func('void nft_ctx_free(void *context)');
  const context = inNamespace(namespace, () => make(0));
  bufferErrors(context);
  return {
    run: (command) => {
      if (runBuffer(context, command) !== 0) throw new Error(`libnftables: ${errors(context)}`);
    },
    close: () => free(context),
  };
}

function load(): ReturnType<typeof koffi.load> | undefined {
  for (const path of candidates) {
    try {
      return koffi.load(path);
    } catch {
      // Not there; the next place may have it.
    }
  }
  return undefined;
}
