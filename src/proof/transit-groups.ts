/** Which VPCs transit gateways link with each other, whatever their routes say. */
import type { VpcId } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';

/** VPC → all VPCs that are attached to the same transit gateway or to one peered with it, itself among them. */
export type TransitGroups = ReadonlyMap<VpcId, ReadonlySet<VpcId>>;

export function transitGroupsOf(world: World): TransitGroups {
  /** Gateway or VPC → what it is linked with; joined as links are found. */
  const parts = new Map<string, Set<string>>();
  const vpcs = new Set<VpcId>();
  for (const network of world.values()) {
    for (const { gatewayIds, resource } of network.transitAttachment.values()) {
      if (resource.kind === 'vpc') vpcs.add(resource.vpcId);
      const linked: readonly string[] =
        resource.kind === 'vpc' ? [...gatewayIds, resource.vpcId] : gatewayIds;
      const joined = new Set(linked.flatMap((each) => [...(parts.get(each) ?? [each])]));
      for (const each of joined) parts.set(each, joined);
    }
  }
  return new Map(
    [...vpcs].map((vpcId) => {
      const group = [...(parts.get(vpcId) ?? [])].filter((each) => vpcs.has(each as VpcId));
      return [vpcId, new Set(group as VpcId[])];
    }),
  );
}
