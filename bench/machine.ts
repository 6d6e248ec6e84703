// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProfile } from '../src/simulator/profiles/table.ts';
import { createSimulatedNode } from '../src/simulator/simulated-node.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';

/** Writes a simulated i9-14900K with seven VFs on vfio-pci, VM 101 pinned to VF 3 with our hook, into a directory. */
export async function writeMachine(folder: string): Promise<void> {
  const profile = findProfile('raptor-lake-s');
  if (profile === undefined) throw new Error('the profile raptor-lake-s is gone');
  const node = createSimulatedNode(profile);
  await node.run(['modprobe', 'vfio-pci']);
  await node.poke(`${PF}/sriov_drivers_autoprobe`, '0');
  await node.poke(`${PF}/sriov_numvfs`, '7');
  for (let vf = 1; vf <= 7; vf += 1) {
    await node.poke(`/sys/bus/pci/devices/0000:00:02.${vf}/driver_override`, 'vfio-pci');
    await node.poke('/sys/bus/pci/drivers_probe', `0000:00:02.${vf}`);
  }
  await node.writeAtomic('/etc/pve/qemu-server/101.conf', guestConfig(101));
  const { tree } = node.machine;
  for (const { path, node: entry } of tree.walk()) {
    const real = join(folder, path);
    if (entry.kind === 'directory') mkdirSync(real, { recursive: true });
    else if (entry.kind === 'symlink') symlinkSync(entry.target, real);
    else if (entry.kind === 'file') {
      mkdirSync(dirname(real), { recursive: true });
      const answer = await node.readBytes(path);
      writeFileSync(real, answer.kind === 'content' ? answer.value : '');
    }
  }
}

/** A guest as people have them, some 900 bytes. */
export function guestConfig(vmid: number): string {
  const notes = '#A line of notes that nobody has read in years, yet it is here.\n'.repeat(6);
  return `${notes}agent: 1
balloon: 0
bios: ovmf
boot: order=scsi0;net0
cores: 4
cpu: host
efidisk0: local-lvm:vm-${vmid}-disk-0,efitype=4m,pre-enrolled-keys=1,size=4M
hookscript: local:snippets/pveigpu-hook
hostpci0: 0000:00:02.3,pcie=1
machine: q35
memory: 4096
meta: creation-qemu=10.1.2,ctime=1760000000
name: guest-${vmid}
net0: virtio=BC:24:11:00:00:01,bridge=vmbr0
numa: 0
ostype: l26
scsi0: local-lvm:vm-${vmid}-disk-1,discard=on,iothread=1,size=32G
scsihw: virtio-scsi-single
smbios1: uuid=00000000-0000-4000-8000-000000000000
sockets: 1
vmgenid: 00000000-0000-4000-8000-000000000001
`;
}
