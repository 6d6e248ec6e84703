// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';
import { gpuForVf } from './make-vfs.ts';
import { isIntelGpu, sysfsOf } from './pci-look.ts';

/** The GPU of a VF that the kernel has begun to remove: no links any more, but still there. Null for anything else. */
export async function gpuOfHalfRemoved(host: Host, bdf: string): Promise<string | null> {
  // A GPU that can have VFs is none itself.
  if ((await host.stat(`${sysfsOf(bdf)}/sriov_totalvfs`)).kind !== 'absent' || !(await isIntelGpu(host, bdf))) return null;
  return await gpuForVf(host, bdf);
}
