// SPDX-License-Identifier: AGPL-3.0-or-later
import { listKernels } from '../../app/kernels.ts';
import { kernelRows } from '../../core/kernels/kernel-rows.ts';
import type { Call } from '../command.ts';
import { printView } from '../print-view.ts';

export async function run(call: Call): Promise<number> {
  const view = await listKernels(await call.context());
  const rows = kernelRows(view, call.options.all === true);
  return printView(call, { kind: 'kernels', view, rows, none: 'No kernel is known here.' });
}
