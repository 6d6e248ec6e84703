// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileTree } from '../../src/core/files/file-tree.ts';

export const PF = '0000:00:02.0';
const SYS = '/sys/bus/pci/devices';
const TOTAL = 7;

/** The address of one VF of {@link PF}, counted from 1. */
export function vf(number: number): string {
  return `0000:00:02.${number}`;
}

/** Where a hook test keeps its machine: in memory, or in a directory. */
export interface Machine {
  text(path: string): string | undefined;
  names(path: string): readonly string[] | undefined;
  setFile(path: string, content: string): void;
  setLink(path: string, target: string): void;
  remove(path: string): void;
  linkEnd(path: string): string | undefined;
}

/** A node with one GPU that has no VFs yet, and what a hook reads. */
export function layOut(machine: Machine): void {
  const pf = `${SYS}/${PF}`;
  for (const [name, value] of Object.entries({
    class: '0x030000',
    vendor: '0x8086',
    device: '0xa780',
    subsystem_vendor: '0x1043',
    subsystem_device: '0x8882',
    sriov_totalvfs: String(TOTAL),
    sriov_offset: '1',
    sriov_stride: '1',
    sriov_numvfs: '0',
    sriov_drivers_autoprobe: '1',
  })) {
    machine.setFile(`${pf}/${name}`, `${value}\n`);
  }
  for (const driver of ['i915', 'vfio-pci']) machine.setFile(`/sys/bus/pci/drivers/${driver}/bind`, '');
  machine.setLink(`${pf}/driver`, '../../drivers/i915');
  machine.setFile(`${SYS}/0000:00:1f.3/class`, '0x040300\n');
  machine.setFile('/sys/bus/pci/drivers_probe', '');
  machine.setFile('/run/qemu-server/pci-id-reservations', '');
  machine.setLink('/etc/pve/local', 'nodes/pve1');
  machine.setFile('/proc/sys/kernel/osrelease', '6.17.2-1-pve\n');
}

/** What the kernel does after a write to `sriov_numvfs`: VFs with their own IOMMU groups and no driver. */
export function makeVfs(machine: Machine, count: number): void {
  for (let number = 1; number <= count; number += 1) {
    const folder = `${SYS}/${vf(number)}`;
    machine.setFile(`${folder}/class`, '0x030000\n');
    machine.setFile(`${folder}/device`, '0xa780\n');
    machine.setFile(`${folder}/driver_override`, '(null)\n');
    machine.setLink(`${folder}/physfn`, `../${PF}`);
    machine.setLink(`${folder}/iommu_group`, `../../../kernel/iommu_groups/${19 + number}`);
    machine.setLink(`${SYS}/${PF}/virtfn${number - 1}`, `../${vf(number)}`);
  }
}

/** What the kernel does after a write to `drivers_probe`. */
export function probe(machine: Machine, bdf: string): void {
  const override = machine.text(`${SYS}/${bdf}/driver_override`)?.trim() ?? '';
  if (override !== '' && override !== '(null)') bindTo(machine, bdf, override);
}

export function bindTo(machine: Machine, bdf: string, driver: string): void {
  machine.remove(`${SYS}/${bdf}/driver`);
  machine.setLink(`${SYS}/${bdf}/driver`, `../../drivers/${driver}`);
}

/** The driver of a function, or undefined. */
export function driverOf(machine: Machine, bdf: string): string | undefined {
  return machine.linkEnd(`${SYS}/${bdf}/driver`);
}

export function poolConfig(...numbers: readonly number[]): string {
  const maps = numbers.map(
    (number) => `\tmap id=8086:a780,iommugroup=${19 + number},node=pve1,path=${vf(number)},subsystem-id=1043:8882`,
  );
  return `igpu-vf\n${maps.join('\n')}\n\n`;
}

/** A machine in memory. */
export function memoryMachine(tree = new FileTree()): Machine & { readonly tree: FileTree } {
  return {
    tree,
    text: (path) => tree.text(path),
    names: (path) => tree.names(path),
    setFile: (path, content) => tree.setFile(path, content),
    setLink: (path, target) => tree.setLink(path, target),
    remove: (path) => tree.remove(path),
    linkEnd: (path) => {
      const found = tree.lookup(path, false);
      return 'node' in found && found.node.kind === 'symlink' ? found.node.target.split('/').at(-1) : undefined;
    },
  };
}
