// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOn } from '../assign/guest-keys.ts';

/** One entry of the list against Code 43: what to do, and whether the guest's configuration shows that it is done. */
export interface Code43Item {
  readonly id: string;
  readonly text: string;
  /** Whether the configuration has it; null where it cannot tell, since it lies inside the guest. */
  readonly done: boolean | null;
}

/**
 * What to try when Windows shows Code 43 for a VF, in the order that solved most reported cases (strongtz/i915-sriov-dkms issues
 * 225, 256, 313, 328, 429, 466; qemu-server PCI.pm and CPUConfig.pm for what x-vga brings along).
 */
export function code43List(config: { readonly [key: string]: string }): readonly Code43Item[] {
  const { cpu = '', machine = '' } = config;
  const hostpci = Object.entries(config).flatMap(([key, value]) => (/^hostpci\d+$/.test(key) ? [value] : []));
  const isHiding = hostpci.some((value) => isOn(/x-vga=([^,]*)/.exec(value)?.[1])) && !/(?:^|,)hidden=0/.test(cpu);
  return [
    { id: 'cpu', text: 'Set cpu: host.', done: /^(?:cputype=)?host\b/.test(cpu) },
    {
      id: 'machine',
      text: 'The machine q35 with pcie=1 helps; a change of machine lets Windows see new hardware.',
      done: machine.includes('q35'),
    },
    {
      id: 'rom',
      text: "Many need Intel's GOP driver of the board's firmware as option ROM (--rom) and --primary.",
      done: hostpci.some((value) => value.includes('romfile=')),
    },
    {
      id: 'hypervisor',
      text: 'x-vga hides the hypervisor, which itself causes it; cpu: host,hidden=0,hv-vendor-id=GenuineIntel undoes that.',
      done: !isHiding,
    },
    {
      id: 'vbs',
      text: 'Switch Hyper-V, VBS and memory integrity off in Windows, then try a newer driver.',
      done: null,
    },
  ];
}
