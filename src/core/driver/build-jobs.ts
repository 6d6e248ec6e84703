// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a machine has to compile with. */
export interface BuildMachine {
  readonly memoryBytes: number;
  readonly cores: number;
}

const GIB = 1024 ** 3;

/**
 * How many compilers dkms may run at once; undefined leaves it to dkms, which takes one per processor. Small machines were
 * rebooted by a parallel build (i915-sriov-dkms issue 413 and the README of Upinel/PVE-Intel-vGPU, step 4, ask for one), so
 * with four cores or less than 8 GiB it is one; above, one for each 2 GiB, since guests need memory too.
 */
export function buildJobs({ memoryBytes, cores }: BuildMachine): number | undefined {
  if (cores <= 4 || memoryBytes < 8 * GIB) return 1;
  const room = Math.floor(memoryBytes / (2 * GIB));
  return room < cores ? room : undefined;
}

/** Reads `MemTotal` of `/proc/meminfo` and the list of `/sys/devices/system/cpu/online`, such as `0-3,8`. */
export function buildMachine(meminfo: string, online: string): BuildMachine | undefined {
  const kib = /^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  const ranges = online.trim().split(',');
  if (kib === undefined || !ranges.every((range) => /^\d{1,5}(-\d{1,5})?$/.test(range))) return undefined;
  const cores = ranges.reduce((sum, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
  return { memoryBytes: Number(kib) * 1024, cores };
}
