// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync } from 'node:fs';
import { execute } from '../build/execute.ts';
import { inRig } from '../build/workspace.ts';
import { grubDisk } from '../machine/grub-disk.ts';
import { qemuProgram } from '../machine/qemu-program.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';
import { commandFile, EMPTY_PVE_NODE, installProduct } from '../product/install-product.ts';
import { ENABLE_PVE_UNITS, PVE_UNITS } from './pve-stand-ins.ts';

/** The disk of a machine whose host set-up is tried, by its name. */
export function setupDisk(name: string): string {
  return inRig('setup', `${name.replaceAll(/\W+/g, '-')}.qcow2`);
}

/**
 * Makes the disk of a node that nobody has set up: the product as it ships, stand-ins of PVE's daemons, the kernel's own i915, and a GPU
 * of one device id. It starts by GRUB, with a word for the IOMMU on the kernel command line.
 */
export async function makeSetupDisk(name: string, device: number, iommu = 'intel_iommu=on'): Promise<void> {
  mkdirSync(inRig('setup'), { recursive: true });
  await grubDisk();
  const disk = setupDisk(name);
  await overlay(inRig('grub.qcow2'), disk);
  const machine = await VirtualMachine.start({ mode: 'fast', disk, append: 'modprobe.blacklist=i915' });
  try {
    await installProduct(machine);
    for (const [path, text] of Object.entries(PVE_UNITS)) await machine.must(`cat > ${path}`, { input: text });
    await machine.must(
      `ln -sf /usr/lib/pveigpu/${commandFile()} /usr/bin/pveigpu
${EMPTY_PVE_NODE}
${ENABLE_PVE_UNITS}
rm -rf /etc/modprobe.d/i915-rig.conf /lib/modules/$(uname -r)/updates/dkms
depmod -a
sed -i 's/intel_iommu=on/${iommu}/; s/^GRUB_CMDLINE_LINUX="/&rigpci.device=0x${device.toString(16)} /' /etc/default/grub.d/rig.cfg
update-grub`,
      { timeoutMs: 900_000 },
    );
  } finally {
    await machine.powerDown();
  }
}

/** A fresh disk over that of a node, so that one story says nothing to the next. */
export async function copySetupDisk(from: string, name: string): Promise<string> {
  await overlay(setupDisk(from), setupDisk(name));
  return setupDisk(name);
}

/** A disk that keeps its changes apart from the one below it. */
export async function overlay(base: string, disk: string): Promise<void> {
  await execute([...qemuProgram('qemu-img'), 'create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', disk]);
}
