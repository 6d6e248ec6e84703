// SPDX-License-Identifier: AGPL-3.0-or-later
import { lookupGpu } from '../../core/gpu/catalogue.ts';
import { vfioDriverFor } from '../../core/gpu/driver-backend.ts';
import { installedVersions } from '../../core/platform/dpkg-status.ts';
import { driverKeepKnown } from '../../core/vf/vf-gpu.ts';
import type { Host } from '../../ports/host.ts';
import { sysfsOf } from '../hook/pci-look.ts';

const LOAD_MS = 10_000;

/**
 * Whether the VFs of a GPU go to `xe-vfio-pci` here: its generation and kernel want it, the module can be loaded, and
 * qemu-server knows `driver=keep`. Everything is read from files of the node itself; `/etc/pve` may not be there yet.
 */
export async function keepsVariant(host: Host, pf: string): Promise<boolean> {
  const [device, release] = [await host.read(`${sysfsOf(pf)}/device`), await host.read('/proc/sys/kernel/osrelease')];
  if (device.kind !== 'content' || release.kind !== 'content') return false;
  const entry = lookupGpu(device.value.trim().replace(/^0x/, ''));
  if (entry === undefined || vfioDriverFor(entry, release.value.trim()) !== 'xe-vfio-pci') return false;
  const status = await host.read('/var/lib/dpkg/status');
  const version = status.kind === 'content' ? installedVersions(status.value, ['qemu-server'])['qemu-server'] : undefined;
  if (version === undefined || !driverKeepKnown(version)) return false;
  const loaded = await host.run(['modprobe', 'xe-vfio-pci'], { timeoutMs: LOAD_MS });
  return loaded.ok && loaded.value.exitCode === 0;
}
