/** Elastic addresses as requests name them: by allocation, by association, or by the address itself. */
import { parseIp } from '#net/address.ts';
import type { Address } from '#vpc/eni.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';

type Named = { readonly AllocationId?: string | undefined; readonly PublicIp?: string | undefined };

/** The address of a request that names its allocation or itself. */
export function addressIn({ AllocationId: id, PublicIp: ip }: Named, context: Context): Address {
  if (id && ip) {
    refuse('invalidCombination', { reason: 'The parameters AllocationId and PublicIp exclude each other.' });
  }
  if (id) return resourceOf('address', id, context);
  return ip ? ownAddress(ip, context) : refuse('missingParameter', { parameter: 'AllocationId or PublicIp' });
}

/** The caller's address of this text. */
export function ownAddress(text: string, context: Context): Address {
  return (
    addressOfIp(text, context) ??
    refuse('notYours', { reason: `The address '${text}' is not allocated to you.` })
  );
}

/** The caller's address of this text; undefined where the caller has none. */
export function addressOfIp(text: string, { transaction }: Context): Address | undefined {
  if (!parseIp(text)) {
    return refuse('malformedAddress', { ip: text });
  }
  const [address] = transaction.network.address.by('publicIp', text);
  return address;
}

/** The address of an association. */
export function addressOfAssociation(id: string, { transaction }: Context): Address {
  const [address] = transaction.network.address.by('association', id);
  return address ?? refuseNotFound('addressAssociation', id);
}
