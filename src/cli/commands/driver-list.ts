// SPDX-License-Identifier: AGPL-3.0-or-later
import { listDrivers } from '../../app/driver.ts';
import { driverListRows } from '../../core/driver/driver-list-view.ts';
import { visible } from '../../core/text/visible.ts';
import type { Call } from '../command.ts';
import { printView } from '../print-view.ts';
import { table } from '../table.ts';

export async function run(call: Call): Promise<number> {
  const view = await listDrivers(await call.context());
  const none = 'No Intel GPU is on this node.';
  const code = printView(call, { kind: 'driver-list', view, rows: driverListRows(view), none });
  if (call.options.json === true) return code;
  const { io } = call;
  const rows = view.dkms.map(({ name, version, kernels }) => [name, version, kernels.join(' ') || 'added, built for none']);
  const safe = rows.map((row) => row.map((cell) => visible(cell)));
  if (rows.length > 0) io.out(`\n${table(io, ['DKMS MODULE', 'VERSION', 'BUILT FOR'], safe)}`);
  for (const what of view.foreign) io.out(`\nAnother build of i915 or xe is there: ${visible(what)}\n`);
  return code;
}
