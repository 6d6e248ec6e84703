// SPDX-License-Identifier: AGPL-3.0-or-later
import { listPools } from '../../app/pool.ts';
import { poolRows } from '../../core/pool/pools-view.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { printView } from '../print-view.ts';

export async function run(call: Call): Promise<number> {
  const view = await listPools(await call.context());
  const code = printView(call, { kind: 'pools', view, rows: poolRows(view), none: 'No pool (PCI resource mapping) is defined.' });
  const broken = view.pools.some(({ entries }) => entries.some(({ wrong }) => wrong !== null));
  return code === EXIT.done && broken ? EXIT.failed : code;
}
