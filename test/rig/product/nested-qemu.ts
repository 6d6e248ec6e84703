// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';

/** Starts a QEMU inside the machine that has a device (`-device vfio-pci,...`) and no system to run. Answers when it has opened it. */
export async function startQemu(machine: VirtualMachine, device: string): Promise<void> {
  const script = `modprobe kvm_amd || modprobe kvm_intel; modprobe vfio_iommu_type1; ulimit -l unlimited
setsid qemu-system-x86_64 -name held -accel kvm -M q35 -m 64 -cpu host -nodefaults -display none -device vfio-pci,${device} > /tmp/held.log 2>&1 < /dev/null &
for n in $(seq 150); do ls -l /proc/$!/fd 2>/dev/null | grep -q anon_inode:.vfio-device && exit 0; sleep 0.2; done; cat /tmp/held.log; exit 1`;
  await machine.must(script, { timeoutMs: 60_000 });
}

/** Ends it as a crash does, and waits until the kernel has closed its files. */
export async function killQemu(machine: VirtualMachine): Promise<void> {
  await machine.must(
    'pkill -KILL -x qemu-system-x86; for n in $(seq 100); do pgrep -x qemu-system-x86 > /dev/null || exit 0; sleep 0.1; done; exit 1',
  );
}
