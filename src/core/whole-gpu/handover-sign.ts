// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Step } from '../plan/action.ts';
import { textToBase64 } from '../plan/file-image.ts';

/** Where the signs of all guests are, each under the guest's number. */
export const HANDOVER_SIGNS = '/var/lib/pveigpu/handover';

/** The file that says: the host may use the GPU while this guest does not run. Its text is the GPU's address. */
export function handoverSign(vmid: number): string {
  return `${HANDOVER_SIGNS}/${vmid}`;
}

/** The step that writes the sign; none when it is there. */
export function signHandover(vmid: number, gpu: string, before: FileImage | undefined): readonly Step[] {
  const base64 = textToBase64(`${gpu}\n`);
  if (before === undefined || (before.kind === 'file' && before.base64 === base64)) return [];
  const args = { path: handoverSign(vmid), base64, mode: 0o600, before };
  return [{ action: 'writeFile', args, reason: `the host uses ${gpu} while the guest does not run` }];
}

/** The step that takes the sign away; none when there is none. */
export function unsignHandover(vmid: number, before: FileImage | undefined): readonly Step[] {
  if (before?.kind !== 'file') return [];
  const args = { path: handoverSign(vmid), before, release: true } as const;
  return [{ action: 'removeFile', args, reason: 'nothing is handed over for this guest any more' }];
}
