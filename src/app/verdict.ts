// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SectionName } from '../core/facts/host-facts.ts';
import { judge } from '../core/gpu/judge.ts';
import type { MachineVerdict } from '../core/gpu/verdict.ts';
import type { Context } from './context.ts';
import { sense } from './sense/sense.ts';

/** What a verdict rests on. */
export const VERDICT_SECTIONS: readonly SectionName[] = [
  'pci',
  'drm',
  'holders',
  'kernel',
  'modules',
  'logs',
  'platform',
  'pve',
  'guests',
];

/** What each GPU of this machine can do, and why. */
export async function readVerdict({ host }: Context): Promise<MachineVerdict> {
  return judge(await sense(host, VERDICT_SECTIONS));
}
