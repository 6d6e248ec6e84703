// SPDX-License-Identifier: AGPL-3.0-or-later
import { allAssignments } from '../../core/assign/assignments.ts';
import { guestName } from '../../core/assign/guest-keys.ts';
import { vfGoals } from '../../core/boot/vf-goals.ts';
import { goesWithPackage, ownFilesNamed } from '../../core/package/own-file-names.ts';
import { stillOurs } from '../../core/package/still-ours.ts';
import type { Context } from '../context.ts';
import { readDesired, readLedger } from '../engine/state-files.ts';
import { RUN_DIR, STATE_DIR } from '../engine/state-paths.ts';
import { senseForPlan } from '../guest-ground.ts';
import { listGuestFiles } from '../sense/read-guest-files.ts';
import { writePackageNotes } from './package-notes.ts';

/** Says what stays when the package goes and how it is taken back, and leaves the notes by which a purge knows what it would lose. */
export async function farewell(context: Context): Promise<void> {
  const { host, log } = context;
  const [ledger, desired] = [await readLedger(host), await readDesired(host)];
  for (const read of [ledger, desired]) if (!read.ok) log.warn(read.problem.message);
  const ours =
    ledger.ok && desired.ok
      ? stillOurs(ledger.value, desired.value)
      : ['it cannot be told, since the files of pveigpu are not readable'];
  const named = await filesOfGuests(context);
  await writePackageNotes(host, { stillOurs: ours, namedByGuests: named.filter((path) => path.startsWith(`${STATE_DIR}/`)) });
  for (const path of named.filter(goesWithPackage)) log.warn(`A guest names ${path}, which goes with the package.`);
  await warnOfHandovers(context);
  if (ours.length === 0) return;
  if (ledger.ok && desired.ok) {
    const goals = vfGoals(desired.value).goals.map(({ bdf }) => bdf);
    const users = allAssignments(await senseForPlan(context), ledger.value).filter(
      ({ form }) => form === 'pool' || form === 'raw',
    );
    const names = [...new Set(users.map(({ guest }) => guestName(guest)))].join(', ');
    if (goals.length > 0 && names !== '')
      log.warn(`After the next boot nothing makes the VFs of ${goals.join(', ')}, and ${names} would not start with them.`);
  }
  log.info('The set-up of this node stays:');
  for (const line of ours) log.info(`  ${line}`);
  log.info('To take it back, install the package again and run: pveigpu rollback --all');
}

/** A GPU that a running guest has by hand-over: nobody gives it back any more when the guest stops. */
async function warnOfHandovers({ host, log }: Context): Promise<void> {
  const records = await host.list(`${RUN_DIR}/handover`);
  for (const bdf of records.kind === 'content' ? records.value : [])
    log.warn(`The GPU ${bdf} is with a guest by hand-over; the host has it back with the next boot, not when the guest stops.`);
}

/** Files of ours that the configuration of a guest of this node names. */
async function filesOfGuests({ host }: Context): Promise<readonly string[]> {
  const listed = await listGuestFiles(host);
  if (listed.state !== 'known') return [];
  const { files, localNode } = listed.value;
  const named: string[] = [];
  for (const { path, node } of files) {
    const read = node === localNode ? await host.read(path) : undefined;
    if (read?.kind === 'content') named.push(...ownFilesNamed(read.value));
  }
  return [...new Set(named)].sort();
}
