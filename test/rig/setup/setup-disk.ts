// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync } from 'node:fs';
import { inRig } from '../build/workspace.ts';
import { grubDisk } from '../machine/grub-disk.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';
import { commandFile, EMPTY_PVE_NODE, installProduct } from '../product/install-product.ts';
import { overlay, setupDisk } from './disks.ts';
import { fillEsp, newEsp } from './efi-disk.ts';
import { ENABLE_PVE_UNITS, PVE_UNITS } from './pve-stand-ins.ts';

/** How long a step is waited for on a busy host, milliseconds; nothing is proved by it. */
const MOST_MS = 900_000;

/** How a node starts that nobody has set up. */
export interface Untouched {
  /** The GPU's device id. */
  readonly device: number;
  /** Default GRUB; `systemd-boot` in proxmox-boot-tool's layout. */
  readonly loader?: 'grub' | 'systemd-boot';
  /** Words for the IOMMU on the kernel command line, `intel_iommu=on` when nobody says otherwise. */
  readonly iommu?: string;
}

/** Makes the disk of a node that nobody has set up: the product as it ships, stand-ins of PVE's daemons, the kernel's own i915. */
export async function makeSetupDisk(name: string, untouched: Untouched): Promise<void> {
  const { device, loader = 'grub', iommu = 'intel_iommu=on' } = untouched;
  mkdirSync(inRig('setup'), { recursive: true });
  await grubDisk();
  const disk = setupDisk(name);
  await overlay(inRig('grub.qcow2'), disk);
  const esp = loader === 'systemd-boot' ? { esp: await newEsp(name) } : {};
  const machine = await VirtualMachine.start({ mode: 'fast', disk, ...esp, append: 'modprobe.blacklist=i915' });
  try {
    await installProduct(machine);
    for (const [path, text] of Object.entries(PVE_UNITS))
      await machine.must(`cat > ${path}`, { input: text, timeoutMs: MOST_MS });
    await machine.must(
      `set -e
ln -sf /usr/lib/pveigpu/${commandFile()} /usr/bin/pveigpu
${EMPTY_PVE_NODE}
${ENABLE_PVE_UNITS}
rm -rf /etc/modprobe.d/i915-rig.conf /lib/modules/$(uname -r)/updates/dkms
depmod -a
sed -i 's/intel_iommu=on/${iommu}/; s/^GRUB_CMDLINE_LINUX="/&rigpci.device=0x${device.toString(16)} /' /etc/default/grub.d/rig.cfg
update-grub`,
      { timeoutMs: MOST_MS },
    );
    if (loader === 'systemd-boot') await fillEsp(machine);
    await machine.powerDown();
  } finally {
    await machine.kill();
  }
}

/** A fresh disk over that of a node, so that one story says nothing to the next. */
export async function copySetupDisk(from: string, name: string): Promise<string> {
  await overlay(setupDisk(from), setupDisk(name));
  return setupDisk(name);
}
