// SPDX-License-Identifier: AGPL-3.0-or-later
import { listAssignments } from '../../app/assignments.ts';
import { assignmentRows } from '../../core/assign/assignments-view.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { printStale } from '../print-stale.ts';
import { printView } from '../print-view.ts';

export async function run(call: Call): Promise<number> {
  const view = await listAssignments(await call.context());
  const code = printView(call, {
    kind: 'assignments',
    view,
    rows: assignmentRows(view),
    none: 'No guest of this node has a slice.',
  });
  if (call.options.json !== true) printStale(call.io, view.stale);
  if (call.options.json !== true)
    for (const { vmid, reason } of view.unreadable) call.io.err(`guest ${vmid} could not be read: ${reason}\n`);
  return view.unreadable.length === 0 ? code : EXIT.notMeasured;
}
