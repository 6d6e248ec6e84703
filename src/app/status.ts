// SPDX-License-Identifier: AGPL-3.0-or-later
import { EMPTY_LEDGER } from '../core/plan/ledger.ts';
import { type StatusView, statusView } from '../core/status/status-view.ts';
import type { Context } from './context.ts';
import { readLedger } from './engine/state-files.ts';
import { sense } from './sense/sense.ts';

/** What this node does with its GPUs now. Reads files only, and no kernel log. */
export async function readStatus({ host }: Context): Promise<StatusView> {
  const facts = await sense(host, ['pci', 'drm', 'holders', 'kernel', 'modules', 'pve', 'guests', 'pools', 'reservations']);
  const ledger = await readLedger(host);
  return statusView(facts, ledger.ok ? ledger.value : EMPTY_LEDGER);
}
