// SPDX-License-Identifier: AGPL-3.0-or-later
import { judge } from '../core/gpu/judge.ts';
import type { MachineVerdict } from '../core/gpu/verdict.ts';
import type { Context } from './context.ts';
import { sense } from './sense/sense.ts';

/** What each GPU of this machine can do, and why. */
export async function readVerdict({ host }: Context): Promise<MachineVerdict> {
  return judge(await sense(host, ['pci', 'drm', 'holders', 'kernel', 'modules', 'logs', 'platform', 'pve', 'guests']));
}
