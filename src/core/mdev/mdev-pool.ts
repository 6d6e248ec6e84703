// SPDX-License-Identifier: AGPL-3.0-or-later
import { MDEV_POOL_BY_ASSIGN } from '../assign/ours.ts';
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import type { Step } from '../plan/action.ts';
import { entryOf, sameEntry } from '../pool/pool-entry.ts';
import { poolStep } from '../pool/pool-steps.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';

/**
 * The step that makes a mapping through which PVE makes mediated devices of a GPU, or makes it true; none when it is. Fails with
 * `pool.invalid` for a mapping of something else.
 */
export function mdevPoolStep(
  pool: Pool | undefined,
  id: string,
  gpu: PciDevice,
  pci: PciFacts,
  node: string,
): Result<readonly Step[]> {
  const entry = entryOf(gpu, node);
  if (pool === undefined) {
    const made: Pool = { id, description: MDEV_POOL_BY_ASSIGN, mdev: true, liveMigrationCapable: false, entries: [entry] };
    return ok([{ action: 'createPool', args: { pool: made }, reason: `PVE makes mediated devices of ${gpu.bdf} through it` }]);
  }
  const sign = notForMdevs(pool, gpu, pci, node);
  if (sign !== undefined)
    return problem('pool.invalid', `The mapping ${id} cannot be used for mediated devices of ${gpu.bdf}: ${sign}.`, {
      hint: 'Name another one with --pool.',
      where: id,
    });
  const entries = trueMdevEntries(pool.entries, pci, node);
  const hasOwn = entries.some((one) => one.node === node);
  const step = poolStep(pool, { ...pool, entries: hasOwn ? entries : [...entries, entry] }, 'its entry is as the GPU is now');
  return ok(step === undefined ? [] : [step]);
}

/** The entries of a mapping for mediated devices with those of this node as its GPUs are now. What is absent stays as it is. */
export function trueMdevEntries(entries: readonly PoolEntry[], pci: PciFacts, node: string): readonly PoolEntry[] {
  return entries.map((entry) => {
    const gpu = entry.node === node ? intelGpus(pci).find(({ bdf }) => bdf === entry.path) : undefined;
    if (gpu === undefined) return entry;
    const fresh = { ...entryOf(gpu, node), ...(entry.description === undefined ? {} : { description: entry.description }) };
    return sameEntry(fresh, entry) ? entry : fresh;
  });
}

function notForMdevs(pool: Pool, gpu: PciDevice, pci: PciFacts, node: string): string | undefined {
  if (!pool.mdev) return 'it has no flag mdev';
  const own = pool.entries.filter((entry) => entry.node === node);
  const odd = own.find((entry) => !intelGpus(pci).some(({ bdf }) => bdf === entry.path));
  if (odd !== undefined) return `it names ${odd.path}, which is no Intel GPU of this node`;
  if (own.length > 0 && !own.some(({ path }) => path === gpu.bdf)) return `it names ${own[0]?.path ?? ''}`;
  return undefined;
}
