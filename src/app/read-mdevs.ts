// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import type { MdevFound } from '../core/mdev/mdev-instance.ts';
import { intelGpus } from '../core/vf/vf.ts';
import type { Host } from '../ports/host.ts';
import { listOptional } from './sense/attribute.ts';

/** A UUID as the kernel prints it. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The mediated devices of all Intel GPUs with their device nodes. One whose removal waits for its user has lost its type, but has its directory
 * still (kernel drivers/vfio/mdev/mdev_core.c).
 */
export async function readMdevs(host: Host, facts: HostFacts): Promise<readonly MdevFound[]> {
  const pci = ifKnown(facts.pci);
  const found: MdevFound[] = [];
  for (const gpu of pci === undefined ? [] : intelGpus(pci)) {
    const types = gpu.mdevTypes ?? [];
    const typed = types.flatMap(({ id, devices }) => devices.map((uuid) => [uuid, id] as const));
    const folder = `/sys/bus/pci/devices/${gpu.bdf}`;
    const leaving = gpu.mdevTypes === undefined ? [] : (await listOptional(host, folder)).filter((name) => UUID.test(name));
    const untyped = leaving.filter((uuid) => !typed.some(([known]) => known === uuid)).map((uuid) => [uuid, null] as const);
    for (const [uuid, type] of [...typed, ...untyped]) {
      const nodes = await nodesOf(host, `${folder}/${uuid}`);
      // mdevctl(8) keeps what it shall make by parent and UUID.
      const definition = await host.stat(`/etc/mdevctl.d/${gpu.bdf}/${uuid}`);
      found.push({ uuid, gpu: gpu.bdf, type, nodes, byMdevctl: definition.kind !== 'absent' });
    }
  }
  return found;
}

/** By its IOMMU group, or by its own node with iommufd (kernel Documentation/driver-api/vfio.rst). */
async function nodesOf(host: Host, folder: string): Promise<readonly string[]> {
  const group = await host.readLink(`${folder}/iommu_group`);
  const own = await listOptional(host, `${folder}/vfio-dev`);
  return [
    ...(group.kind === 'content' ? [`/dev/vfio/${group.value.slice(group.value.lastIndexOf('/') + 1)}`] : []),
    ...own.map((name) => `/dev/vfio/devices/${name}`),
  ];
}
