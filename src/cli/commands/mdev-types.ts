// SPDX-License-Identifier: AGPL-3.0-or-later
import { listMdevTypes } from '../../app/mdev.ts';
import { mdevTypesRows } from '../../core/mdev/mdev-types-view.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { printView } from '../print-view.ts';
import { gpuOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const { gpu } = gpuOf(call.options);
  const all = await listMdevTypes(await call.context());
  const view = gpu === undefined ? all : { ...all, gpus: all.gpus.filter(({ bdf }) => bdf === gpu) };
  if (gpu !== undefined && view.gpus.length === 0)
    return refuse(call, { code: 'gpu.none', message: `There is no Intel GPU at ${gpu}.`, hint: 'pveigpu status lists them.' });
  const none = view.gpus.map(({ why }) => why ?? '').join('\n');
  return printView(call, { kind: 'mdev-types', view, rows: mdevTypesRows(view), none: none || 'No Intel GPU on this node.' });
}
