// SPDX-License-Identifier: AGPL-3.0-or-later
import { listMdevs } from '../../app/mdev.ts';
import { mdevListRows } from '../../core/mdev/mdev-list-view.ts';
import type { Call } from '../command.ts';
import { printView } from '../print-view.ts';
import { gpuOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const { gpu } = gpuOf(call.options);
  const all = await listMdevs(await call.context());
  const view = gpu === undefined ? all : { ...all, mdevs: all.mdevs.filter((one) => one.gpu === gpu) };
  return printView(call, { kind: 'mdevs', view, rows: mdevListRows(view), none: 'No mediated device exists.' });
}
