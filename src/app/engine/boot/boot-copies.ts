// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { Context } from '../../context.ts';
import { bytesOf } from './mounted-esp.ts';

/** FAT has no modes; what Linux shows for its files by default. */
const FAT_MODE = 0o755;
const MIB = 1024 * 1024;
/** For directory entries, loader entries and a log. */
const MARGIN_BYTES = MIB;
/** What a write that was cut off leaves beside its target (adapters/local-write.ts). */
const LEFT_OVER = /^\..*\.pveigpu-\d+-\d+$/;

/** A kernel or initramfs and its copy on an EFI system partition. */
export interface BootCopy {
  readonly from: string;
  readonly to: string;
}

/**
 * Brings copies up to date, each replaced as a whole by a new file, so that at any moment the old or the new one is there; what is
 * equal already is not touched. Looks first whether all fits: `plan.failed` with the numbers when it does not.
 */
export async function updateCopies(context: Context, esp: string, copies: readonly BootCopy[]): Promise<Result<void>> {
  const { host } = context;
  const folders = new Set(copies.map(({ to }) => folderOf(to)));
  for (const folder of folders) await removeLeftOvers(context, folder);
  const stale: BootCopy[] = [];
  let [grows, largest] = [0, 0];
  for (const copy of copies) {
    const [now, old] = [await bytesOf(context, copy.from), await host.readBytes(copy.to)];
    if (!now.ok) return now;
    if (old.kind === 'content' && isEqual(now.value, old.value)) continue;
    stale.push(copy);
    grows += Math.max(0, now.value.length - (old.kind === 'content' ? old.value.length : 0));
    largest = Math.max(largest, now.value.length);
  }
  if (stale.length === 0) return ok(undefined);
  const needed = grows + largest + MARGIN_BYTES;
  const free = await host.freeSpace(esp);
  if (free.kind !== 'content') return problem('host.read', `The free space of ${esp} cannot be read.`, { where: esp });
  if (free.value < needed) {
    const [has, wants] = [Math.floor(free.value / MIB), Math.ceil(needed / MIB)];
    return problem(
      'plan.failed',
      `The EFI system partition at ${esp} has ${has} MiB free; the new kernel files need ${wants} MiB.`,
      {
        hint: 'Remove kernels that are not needed any more: apt autoremove --purge.',
        where: esp,
      },
    );
  }
  for (const { from, to } of stale) {
    const bytes = await bytesOf(context, from);
    const folder = bytes.ok ? await host.mkdir(folderOf(to)) : bytes;
    const written = bytes.ok && folder.ok ? await host.writeAtomic(to, bytes.value, { mode: FAT_MODE }) : folder;
    if (!written.ok) return written;
  }
  return ok(undefined);
}

/** Replaces a text of the loader's configuration when it differs. */
export async function updateText({ host }: Context, path: string, text: string, mode = FAT_MODE): Promise<Result<void>> {
  const old = await host.read(path);
  if (old.kind === 'content' && old.value === text) return ok(undefined);
  return await host.writeAtomic(path, text, { mode });
}

async function removeLeftOvers({ host }: Context, folder: string): Promise<void> {
  const names = await host.list(folder);
  if (names.kind !== 'content') return;
  for (const name of names.value.filter((one) => LEFT_OVER.test(one))) await host.remove(`${folder}/${name}`);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
