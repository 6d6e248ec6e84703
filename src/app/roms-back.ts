// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../core/facts/section.ts';
import type { FileImage } from '../core/plan/action.ts';
import { ok, problem } from '../core/problem.ts';
import { planRomsBack, type RomFileBack } from '../core/rom/plan-roms-back.ts';
import { romUsers } from '../core/rom/rom-users.ts';
import type { Context } from './context.ts';
import { readImage } from './engine/read-image.ts';
import { readLedger } from './engine/state-files.ts';
import type { Turn } from './in-turns.ts';
import { readLocalNode } from './sense/read-guest-files.ts';
import { sense } from './sense/sense.ts';

/** The turn of a rollback that gives ROM files back what stood there; none where no file is to be given back. */
export function romsBack({ host }: Context, targets: ReadonlyMap<string, FileImage>): readonly Turn[] {
  if (targets.size === 0) return [];
  const plan: Turn['plan'] = async () => {
    const ledger = await readLedger(host);
    if (!ledger.ok) return ledger;
    const files: RomFileBack[] = [];
    for (const [path, target] of targets) {
      const now = await readImage(host, path);
      if (!now.ok) return now;
      files.push({ path, target, now: now.value });
    }
    const { guests } = await sense(host, ['guests']);
    if (guests.state === 'unknown')
      return problem('facts.unknown', `The guests are not known (${guests.reason}), so ROM files are not taken from them.`);
    const users = ifKnown(guests);
    return ok(planRomsBack(files, ledger.value, users === undefined ? new Map() : romUsers(users), await readLocalNode(host)));
  };
  return [{ title: 'take ROM files back', plan }];
}
