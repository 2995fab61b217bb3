/** The interfaces of an instance. */
import type { Eni } from '#vpc/eni.ts';
import type { Instance } from '#vpc/instance.ts';
import type { Network } from '#vpc/network.ts';

/** The interfaces of an instance by device index, the primary one first; none once it is terminated. */
export function interfacesOf({ id }: Pick<Instance, 'id'>, { eni }: Network): readonly Eni[] {
  const index = ({ attachment }: Eni) => attachment?.deviceIndex ?? 0;
  return [...eni.by('instance', id)].sort((a, b) => index(a) - index(b));
}
