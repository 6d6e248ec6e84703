// SPDX-License-Identifier: AGPL-3.0-or-later
import { splitProperties } from './value-check.ts';
import { CPU } from './vm-formats.ts';

const HYPER_V =
  'hv_ipi,hv_relaxed,hv_reset,hv_runtime,hv_spinlocks=0x1fff,hv_stimer,hv_synic,hv_time,hv_vapic,hv_vendor_id=proxmox,hv_vpindex';

/** QEMU's `-cpu` for a VM (qemu-server CPUConfig.pm), for the models that PVE itself picks and `host`. */
export function cpuArgument(vm: {
  readonly cpu: string | undefined;
  readonly template: boolean;
  readonly hidden: boolean;
  readonly windows: boolean;
  readonly oldMachine: boolean;
}): string {
  if (vm.template) return 'qemu64';
  const parsed = splitProperties(CPU, vm.cpu ?? 'kvm64');
  const cpu = typeof parsed === 'string' ? new Map([['cputype', 'kvm64']]) : parsed;
  const type = cpu.get('cputype') ?? 'kvm64';
  const hidden = vm.hidden || cpu.get('hidden') === '1';
  const host = type === 'host';
  return [
    type,
    ...(host ? [] : ['enforce']),
    ...(host && vm.oldMachine ? ['-cet-ibt', '-cet-ss'] : []),
    ...(vm.windows ? [HYPER_V] : []),
    ...(hidden ? ['kvm=off'] : []),
    '+kvm_pv_eoi',
    '+kvm_pv_unhalt',
    ...(type === 'kvm64' ? ['+lahf_lm', '+sep'] : []),
    ...(cpu.get('flags')?.split(';') ?? []),
    ...(host && vm.oldMachine ? ['-vmx-mbec'] : []),
  ].join(',');
}
