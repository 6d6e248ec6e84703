// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Plan, Remark, Step } from '../plan/action.ts';
import { fromBase64, sameContent } from '../plan/file-image.ts';
import type { JournalRun } from '../plan/journal-run.ts';
import type { Ledger } from '../plan/ledger.ts';
import { sha1Hex } from '../text/sha1.ts';
import { ROM_FOLDER } from '../whole-gpu/gpu-args.ts';
import { romOfManifest } from './rom-manifest.ts';
import { type RomUser, usersText } from './rom-users.ts';

/** A file of the ROM folder that shall be as it was: how it was then, and how it is now. */
export interface RomFileBack {
  readonly path: string;
  readonly target: FileImage;
  readonly now: FileImage;
}

/** The ROM files that the ledger knows as ours, with what stood there before us. */
export function ledgerRoms(ledger: Ledger): ReadonlyMap<string, FileImage> {
  const own = Object.entries(ledger.files).filter(([path]) => path.startsWith(ROM_FOLDER));
  return new Map(own.map(([path, { pristine }]) => [path, pristine]));
}

/** The ROM files that runs wrote, with what stood there before the first of them. */
export function runRoms(runs: readonly JournalRun[]): ReadonlyMap<string, FileImage> {
  const before = new Map<string, FileImage>();
  for (const { steps, state } of runs)
    for (const { step } of state === 'done' ? steps : [])
      if (step.action === 'writeFile' && step.args.path.startsWith(ROM_FOLDER) && !before.has(step.args.path))
        before.set(step.args.path, step.args.before);
  return before;
}

/** Whether a run did nothing but write ROM files. */
export function isRomRun({ steps }: JournalRun): boolean {
  return steps.length > 0 && steps.every(({ step }) => step.action === 'writeFile' && step.args.path.startsWith(ROM_FOLDER));
}

/**
 * Plans giving ROM files back what stood there. A file that a guest names stays, since that guest could not start without it, and so does one that
 * somebody changed since; the note beside a file shares its fate.
 */
export function planRomsBack(
  files: readonly RomFileBack[],
  ledger: Ledger,
  users: ReadonlyMap<string, readonly RomUser[]>,
  localNode: string,
): Plan {
  const remarks: Remark[] = [];
  const kept = new Set<string>();
  for (const file of files) {
    const name = file.path.slice(ROM_FOLDER.length);
    if (romOfManifest(name) !== undefined || sameContent(file.now, file.target)) continue;
    const using = users.get(name) ?? [];
    if (file.target.kind === 'absent' && using.length > 0) {
      const text = `${name} stays: ${usersText(using, localNode)} ${using.length === 1 ? 'names' : 'name'} it.`;
      remarks.push({ level: 'note', id: 'rom.used', text });
      kept.add(name);
    } else if (isChanged(ledger, file)) {
      remarks.push({ level: 'note', id: 'rom.changed', text: `${name} stays: it was changed since pveigpu wrote it.` });
      kept.add(name);
    }
  }
  const steps = files.flatMap((file): readonly Step[] => {
    const name = file.path.slice(ROM_FOLDER.length);
    return kept.has(romOfManifest(name) ?? name) ? [] : back(file, ledger);
  });
  return { title: 'take ROM files back', steps, remarks };
}

function isChanged(ledger: Ledger, { path, now }: RomFileBack): boolean {
  const wrote = Object.hasOwn(ledger.files, path) ? ledger.files[path]?.wroteSha1 : undefined;
  return now.kind === 'file' && wrote !== sha1Hex(fromBase64(now.base64));
}

function back({ path, target, now }: RomFileBack, ledger: Ledger): readonly Step[] {
  if (sameContent(target, now)) return [];
  const pristine = Object.hasOwn(ledger.files, path) ? ledger.files[path]?.pristine : undefined;
  const release = pristine === undefined || sameContent(pristine, target) ? { release: true as const } : {};
  const reason = 'as it was before';
  if (target.kind === 'absent') return [{ action: 'removeFile', args: { path, before: now, ...release }, reason }];
  const { base64, mode } = target;
  return [{ action: 'writeFile', args: { path, base64, mode, before: now, ...release }, reason }];
}
