// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Step } from '../plan/action.ts';
import { imageText, textToBase64 } from '../plan/file-image.ts';
import type { DriverPatch } from './driver-inputs.ts';
import { OWN_LINE, patchOverride, patchPlaces } from './own-dkms-files.ts';

const ABSENT: FileImage = { kind: 'absent' };

/**
 * Keeps a patch and makes dkms apply it before each build of one version. It is in place before the build. An override
 * that the administrator has already gets one more line.
 */
export function patchSteps(
  patch: DriverPatch,
  module: { readonly name: string; readonly version: string },
  images: { readonly [path: string]: FileImage },
): readonly Step[] {
  const places = patchPlaces(module.name, module.version, patch.name);
  const copies = [places.kept, places.applied].flatMap((path) => written(path, patch.base64, images[path] ?? ABSENT));
  const before = images[places.override] ?? ABSENT;
  const wanted = patchOverride(patch.name);
  const text = imageText(before);
  if (before.kind === 'absent' || text.startsWith(OWN_LINE))
    return [...copies, ...written(places.override, textToBase64(wanted), before)];
  const line = wanted.split('\n')[1] ?? '';
  if (text.split('\n').includes(line)) return copies;
  const joined = `${text}${text.endsWith('\n') || text === '' ? '' : '\n'}${line}\n`;
  return [
    ...copies,
    {
      action: 'editFile',
      args: {
        path: places.override,
        base64: textToBase64(joined),
        mode: before.mode,
        before,
        edit: { kind: 'lines', added: [line], removed: [] },
      },
      reason: 'dkms applies the patch before each build',
    },
  ];
}

function written(path: string, base64: string, before: FileImage): readonly Step[] {
  if (before.kind === 'file' && before.base64 === base64) return [];
  return [{ action: 'writeFile', args: { path, base64, mode: 0o644, before }, reason: 'the patch for the driver' }];
}
