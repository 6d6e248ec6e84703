// SPDX-License-Identifier: AGPL-3.0-or-later
import { type AssignmentsView, assignmentsView } from '../core/assign/assignments-view.ts';
import { EMPTY_LEDGER } from '../core/plan/ledger.ts';
import type { Context } from './context.ts';
import { readLedger } from './engine/state-files.ts';
import { sense } from './sense/sense.ts';

/** Which guest of this node has which slice. */
export async function listAssignments({ host }: Context): Promise<AssignmentsView> {
  const facts = await sense(host, ['pci', 'drm', 'holders', 'pve', 'guests', 'pools', 'reservations']);
  const ledger = await readLedger(host);
  return assignmentsView(facts, ledger.ok ? ledger.value : EMPTY_LEDGER);
}
