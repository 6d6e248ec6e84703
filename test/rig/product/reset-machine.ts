// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';

export const GPU = '/sys/bus/pci/devices/0000:00:02.0';

/** Gives a machine back its first state: nobody holds a device, no VFs, autoprobe on, no injected faults, i915 loaded. */
export async function resetMachine(machine: VirtualMachine): Promise<void> {
  const script = `pkill -x vfio_hold; sleep 0.2
modprobe i915
for name in rig_fail rig_partial rig_delay_ms; do echo 0 > /sys/module/i915/parameters/$name; done
for pf in /sys/bus/pci/devices/*/sriov_numvfs; do
  [ ! -e \${pf%/*}/driver ] || echo 0 > $pf
  echo 1 > \${pf%/*}/sriov_drivers_autoprobe
done; dmesg --clear`;
  await machine.must(script, { timeoutMs: 30_000 });
}

/** Opens a VF as QEMU does and keeps it until the machine is reset. Answers when it is open. */
export async function holdVf(machine: VirtualMachine, bdf: string): Promise<void> {
  const path = `/sys/bus/pci/devices/${bdf}`;
  const script = `modprobe vfio_iommu_type1; rm -f /tmp/held
setsid vfio_hold /dev/vfio/$(basename $(readlink ${path}/iommu_group)) ${bdf} 1000 > /tmp/held 2>&1 < /dev/null &
for n in $(seq 50); do grep -q ^held /tmp/held && exit 0; sleep 0.1; done; cat /tmp/held; exit 1`;
  await machine.must(script, { timeoutMs: 20_000 });
}

/** The VFs of a PF and their drivers, as the kernel shows them: `0000:00:02.1 vfio-pci`, one a line. */
export async function boundVfs(machine: VirtualMachine, pf = GPU): Promise<readonly string[]> {
  const script = `for vf in ${pf}/virtfn*; do [ -e $vf ] || continue
echo $(basename $(readlink $vf)) $([ -e $vf/driver ] && basename $(readlink $vf/driver) || echo none); done`;
  return (await machine.must(script)).split('\n').filter((line) => line !== '');
}
