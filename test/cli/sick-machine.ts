// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Simulated, simulated } from '../app/simulated.ts';
import { mustType, raptorLake, typed } from './command-line.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';

/** A Raptor Lake node that was set up for VFs, booted and confirmed, with VM 101 on the pool. */
export async function setUpNode(): Promise<Simulated> {
  const machine = raptorLake();
  await typed(machine, 'apply sriov --yes');
  await machine.node.reboot();
  await mustType(machine, 'confirm --yes');
  await mustType(machine, 'assign 101 --yes');
  return machine;
}

/** The same after somebody took its VFs away. */
export async function withoutItsVfs(): Promise<Simulated> {
  const machine = await setUpNode();
  const answer = await machine.node.poke(`${PF}/sriov_numvfs`, '0');
  if (answer.kind !== 'done') throw new Error(`the VFs stay: ${JSON.stringify(answer)}`);
  return machine;
}

/** The same after a guide for passing the whole GPU was followed on top: the driver is kept from loading, and it was booted. */
export async function withBlacklist(): Promise<Simulated> {
  const machine = await setUpNode();
  machine.node.machine.tree.setFile('/etc/modprobe.d/pve-blacklist.conf', 'blacklist i915\nblacklist xe\n');
  await machine.must('update-initramfs', '-u', '-k', 'all');
  await machine.node.reboot();
  return machine;
}

/** A node that pveigpu set up for VFs, after somebody removed its file of settings, and it was booted. */
export async function withoutOurSettings(): Promise<Simulated> {
  const machine = simulated('raptor-lake-s-untouched');
  await typed(machine, 'apply sriov --yes');
  await machine.node.reboot();
  await mustType(machine, 'confirm --yes');
  machine.node.machine.tree.remove('/etc/modprobe.d/pveigpu.conf');
  await machine.must('update-initramfs', '-u', '-k', 'all');
  await machine.node.reboot();
  return machine;
}
