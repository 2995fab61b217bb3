/** Labs that a data directory had before it was deleted or made anew: nothing in it names them any more. */

/**
 * Prefixes of the namespaces that were made for a server of this directory under other names than those of now.
 * @param own the prefix of now, where the directory has one
 */
export async function strayLabs(directory: string, own: string | undefined): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const { kernelSupport } = await import('#kernel/support.ts');
  if (!kernelSupport().possible) return [];
  const { labs } = await import('#kernel/lab/owner.ts');
  return [...labs()].flatMap(([prefix, owner]) => (owner === directory && prefix !== own ? [prefix] : []));
}
