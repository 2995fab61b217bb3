/** What associating and disassociating elastic addresses does to interfaces, whoever asks for it. */
import type { Ip } from '#net/address.ts';
import type { Address, Eni } from '#vpc/eni.ts';
import { newId } from '#vpc/ids.ts';
import { freePublicIp, publicPool } from '#vpc/public-addresses.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';

/** A public address that nobody in the world has. */
export function newPublicIp({ transaction, hex17 }: Context): Ip {
  const start = BigInt(`0x${hex17()}`);
  return freePublicIp(transaction.world, start) ?? refuse('noPublicAddress', { pool: publicPool });
}

/**
 * Associates an elastic address with a private one; the address that led there before leads nowhere, and a public
 * address from launch is given back.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html#concepts-public-addresses
 */
export function associate(
  address: Address,
  { eni, privateIp }: { readonly eni: Eni; readonly privateIp: Ip },
  context: Context,
): Address {
  const { transaction, hex17 } = context;
  if (address.association?.eniId === eni.id && address.association.privateIp === privateIp) return address;
  disassociate(address, context);
  for (const other of transaction.network.address.by('eni', eni.id)) {
    if (other.association?.privateIp === privateIp) transaction.put('address', withoutAssociation(other));
  }
  transaction.put('eni', withLaunchIp(eni, privateIp, undefined));
  const association = { id: newId('addressAssociation', hex17), eniId: eni.id, privateIp };
  const associated = { ...address, association };
  transaction.put('address', associated);
  return associated;
}

/** Ends an association, if there is one; an instance launched with a public address gets one again. */
export function disassociate(address: Address, context: Context): void {
  const { transaction } = context;
  if (!address.association) return;
  transaction.put('address', withoutAssociation(address));
  const { eniId, privateIp } = address.association;
  const eni = eniId && transaction.network.eni.get(eniId);
  if (eni && eni.privateIps[0]?.address === privateIp) restorePublicIp(eni, context);
}

/**
 * Gives a running instance's primary interface a public address again, as AWS does when an elastic one goes or the
 * instance starts: not with several interfaces, and not beside an elastic address.
 */
export function restorePublicIp(eni: Eni, context: Context): void {
  const { network } = context.transaction;
  const instance = eni.attachment && network.instance.get(eni.attachment.instanceId);
  const [primary] = eni.privateIps;
  if (!instance || !primary || primary.launchPublicIp) return;
  const isAlone = network.eni.countBy('instance', instance.id) === 1;
  const isWanted = instance.options.autoPublicIp && instance.state === 'running';
  if (!isAlone || !isWanted || network.address.countBy('eni', eni.id) > 0) return;
  context.transaction.put('eni', withLaunchIp(eni, primary.address, newPublicIp(context)));
}

/** Gives back the public address that an interface got at launch. */
export function releaseLaunchIp(eni: Eni, { transaction }: Context): void {
  const [primary] = eni.privateIps;
  if (primary?.launchPublicIp) transaction.put('eni', withLaunchIp(eni, primary.address, undefined));
}

/** The interface with another public address from launch, or none, on one of its private ones. */
function withLaunchIp(eni: Eni, privateIp: Ip, launchPublicIp: Ip | undefined): Eni {
  const privateIps = eni.privateIps.map(({ launchPublicIp: before, ...ip }) => {
    const held = ip.address === privateIp ? launchPublicIp : before;
    return held ? { ...ip, launchPublicIp: held } : ip;
  });
  return { ...eni, privateIps };
}

function withoutAssociation({ association: _, ...address }: Address): Address {
  return address;
}
