// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';
import { STATE_DIR } from '../engine/state-paths.ts';

/** What the package's last script reads when the program is gone: what is still set up, a line each. Present means that a purge would lose it. */
const STILL_OURS = `${STATE_DIR}/still-ours`;
/** Files below the state folder that guests name, a path each: a purge leaves them. */
const NAMED_BY_GUESTS = `${STATE_DIR}/named-by-guests`;

/** Leaves the notes for a purge; an empty list takes its note away. */
export async function writePackageNotes(
  host: Host,
  notes: { readonly stillOurs: readonly string[]; readonly namedByGuests: readonly string[] },
): Promise<void> {
  for (const [path, lines] of [
    [STILL_OURS, notes.stillOurs],
    [NAMED_BY_GUESTS, notes.namedByGuests],
  ] as const) {
    if (lines.length === 0) await host.remove(path);
    else if ((await host.mkdir(STATE_DIR, { mode: 0o700 })).ok)
      await host.writeAtomic(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  }
}
