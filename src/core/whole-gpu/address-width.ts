// SPDX-License-Identifier: AGPL-3.0-or-later

import { guestName, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { Remark } from '../plan/action.ts';

/** How many bits of address the host's processor and its IOMMU have; absent where it is not known. */
export interface AddressBits {
  readonly cpu?: number;
  readonly iommu?: number;
}

/** What QEMU gives a guest whose processor is not `host` (QEMU target/i386/cpu.c, phys-bits). */
const QEMU_BITS = 40;
/** PVE's default processor for an x86 guest (qemu-server CPUConfig.pm). */
const PVE_CPU = 'kvm64';

/** The address width of the first IOMMU in `/sys/class/iommu/NAME/intel-iommu/cap`, in bits (VT-d specification, CAP_REG.MGAW). */
export function iommuBits(cap: string): number | undefined {
  const text = cap.trim();
  if (!/^[0-9a-f]{1,16}$/i.test(text)) return undefined;
  return Number((BigInt(`0x${text}`) >> 16n) & 0x3fn) + 1;
}

/** The processor's physical address width in `/proc/cpuinfo`, in bits. */
export function cpuBits(cpuinfo: string): number | undefined {
  const bits = /^address sizes\s*:\s*(\d+) bits physical/m.exec(cpuinfo)?.[1];
  return bits === undefined ? undefined : Number(bits);
}

/** The new `cpu` value, where it is asked for, and what to say about the width. */
export interface WidthRemedy {
  readonly cpu?: string;
  readonly remarks: readonly Remark[];
}

/**
 * OVMF puts large windows as high as the guest's address width allows, beyond what a narrower IOMMU can map; QEMU then says
 * `vfio_container_dma_map(...) = -22` (QEMU docs/igd-assign.txt).
 */
export function widthRemedy(guest: Guest, isOvmf: boolean, bits: AddressBits, asked: boolean): WidthRemedy {
  const { iommu } = bits;
  const cpu = nextConfig(guest).cpu ?? PVE_CPU;
  const now = Number(
    /(?:^|,)(?:guest-)?phys-bits=(\d+)/.exec(cpu)?.[1] ?? (/^(?:cputype=)?host(?:,|$)/.test(cpu) ? bits.cpu : QEMU_BITS),
  );
  const isWide = isOvmf && iommu !== undefined && now > iommu;
  if (!isWide) {
    if (!asked) return { remarks: [] };
    const text = `${guestName(guest)} needs no --phys-bits: as far as is known its addresses fit the IOMMU.`;
    return { remarks: [{ level: 'note', id: 'guest.phys-bits-fit', text }] };
  }
  const parts = cpu.split(',').filter((part) => !/^(?:guest-)?phys-bits=/.test(part));
  const wanted = [...parts, `phys-bits=${iommu}`].join(',');
  if (asked) return { cpu: wanted, remarks: [] };
  const text = `${guestName(guest)} has ${now} bits of address and the IOMMU ${iommu}: with OVMF the GPU's windows may lie where the IOMMU cannot map them.`;
  const hint = `If QEMU says "vfio_container_dma_map ... -22", give --phys-bits, which sets cpu: ${wanted}.`;
  return { remarks: [{ level: 'warning', id: 'guest.phys-bits', text, hint }] };
}
