// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { pveigpu } from './install-product.ts';

/**
 * Exports a slice as a command line of QEMU and starts it as it is, but for what the rig has not: the memory and processors of the
 * example, and what `without` names. Answers what was exported, once QEMU has opened the device.
 */
export async function startExported(machine: VirtualMachine, slice: string, without = ''): Promise<string> {
  const exported = await pveigpu(machine, `export qemu --slice ${slice} --guest held -o /tmp/exported.sh --force`);
  if (exported.code !== 0) throw new Error(exported.stderr);
  const smaller = `sed -i 's/-m 4G/-m 64/; s/-smp 4/-smp 1/${without === '' ? '' : `; s/${without}//`}' /tmp/exported.sh`;
  return await machine.must(
    `cat /tmp/exported.sh; ${smaller}
modprobe kvm_amd || modprobe kvm_intel; modprobe vfio_iommu_type1; ulimit -l unlimited
setsid sh /tmp/exported.sh > /tmp/held.log 2>&1 < /dev/null &
${OPENED}`,
    { timeoutMs: 60_000 },
  );
}

/** Waits until a QEMU has opened a VFIO device. */
export const OPENED = `for n in $(seq 150); do
  ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q anon_inode:.vfio-device && exit 0; sleep 0.2
done; cat /tmp/held.log; exit 1`;
