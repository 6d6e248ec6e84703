// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark } from '../plan/action.ts';

const MIB = 1024 * 1024;
/** A new image may be larger than the present one by some modules and their firmware. */
const GROWS_BYTES = 16 * MIB;
/** Directory entries, loader entries and a log. */
const SMALL_BYTES = MIB;

/** One file of a kernel, as it is below `/boot` and as its copy is on an EFI system partition (null: no copy yet). */
export interface KernelFile {
  readonly sizeBytes: number;
  readonly copyBytes: number | null;
  /** The plan builds it anew. */
  readonly rebuilt: boolean;
}

/** A file system that gets files of kernels, and what it has room for. */
export interface BootRoom {
  /** For messages: `/boot`, `The EFI system partition 5A1E-0D3C`. */
  readonly place: string;
  readonly freeBytes: number;
  readonly neededBytes: number;
}

/** What `/boot` must have free: each new image is built beside the old one, and one after the other; new kernels stay. */
export function neededInBoot(rebuiltBytes: readonly number[], newKernels: number, kernelBytes: number): number {
  const rebuilt = rebuiltBytes.length === 0 ? 0 : Math.max(...rebuiltBytes) + GROWS_BYTES;
  return rebuilt + newKernels * (kernelBytes + GROWS_BYTES);
}

/** What a partition must have free: copies that differ are replaced one by one by new files, each beside the old one; copies of new kernels stay. */
export function neededForCopies(files: readonly KernelFile[], newKernels: number, kernelBytes: number): number {
  const stale = files.filter(({ sizeBytes, copyBytes, rebuilt }) => rebuilt || copyBytes !== sizeBytes);
  const sizes = stale.map(({ sizeBytes, rebuilt }) => sizeBytes + (rebuilt ? GROWS_BYTES : 0));
  const grows = stale.reduce((sum, { copyBytes }, index) => sum + Math.max(0, (sizes[index] ?? 0) - (copyBytes ?? 0)), 0);
  const copies = stale.length === 0 ? 0 : grows + Math.max(...sizes) + SMALL_BYTES;
  return copies + newKernels * (kernelBytes + GROWS_BYTES);
}

/** Refuses a plan for which a file system has no room, with the sizes. */
export function roomRemarks(rooms: readonly BootRoom[]): readonly Remark[] {
  return rooms.flatMap(({ place, freeBytes, neededBytes }): Remark[] => {
    if (freeBytes >= neededBytes) return [];
    const [has, wants] = [Math.floor(freeBytes / MIB), Math.ceil(neededBytes / MIB)];
    return [
      {
        level: 'blocker',
        id: 'preflight.no-room',
        code: 'plan.failed',
        text: `${place} has ${has} MiB free, and the kernels and initramfs images of this plan need about ${wants} MiB there.`,
        hint: 'Remove kernels that are not needed any more: apt autoremove --purge.',
      },
    ];
  });
}
