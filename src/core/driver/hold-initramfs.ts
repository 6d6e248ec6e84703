// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage, Step } from '../plan/action.ts';
import { imageText, textToBase64 } from '../plan/file-image.ts';

/** A shell file that update-initramfs reads first (update-initramfs.conf(5)). */
export const INITRAMFS_SWITCH = '/etc/initramfs-tools/update-initramfs.conf';

/** With `no`, `update-initramfs -u` changes nothing, and a new kernel still gets its initramfs (update-initramfs(8)). */
const HOLD = "update_initramfs=no # pveigpu: only while the driver's package is installed";

/** Whether somebody but us keeps update-initramfs from building anything; the last line counts. */
export function isInitramfsHeld(text: string): boolean {
  const others = text.split('\n').filter((line) => line !== HOLD);
  const set = others.flatMap((line) => /^[ \t]*update_initramfs=["']?(\w*)/.exec(line)?.[1] ?? []);
  return set.at(-1) === 'no';
}

/**
 * Steps around the installation of a package whose script runs `update-initramfs -u -k all` (i915-sriov-dkms, debian/postinst). It would
 * rebuild kernels that are known to boot before the new set-up has booted once, and each time copy onto the EFI system partitions
 * in place. Without the file initramfs-tools is not what builds them, and nothing is done.
 */
export function whileInitramfsHeld(image: FileImage | undefined, install: readonly Step[]): readonly Step[] {
  if (image?.kind !== 'file' || isInitramfsHeld(imageText(image)) || install.length === 0) return install;
  const { mode } = image;
  const text = imageText(image);
  const base64 = textToBase64(`${text}${text.endsWith('\n') || text === '' ? '' : '\n'}${HOLD}\n`);
  const path = INITRAMFS_SWITCH;
  const hold: Step = {
    action: 'editFile',
    args: { path, base64, mode, before: image, edit: { kind: 'lines', added: [HOLD], removed: [] } },
    reason: 'the script of the package would build the initramfs of every kernel again',
  };
  const release: Step = {
    action: 'editFile',
    args: {
      path,
      base64: image.base64,
      mode,
      before: { ...image, base64 },
      edit: { kind: 'lines', added: [], removed: [HOLD] },
      release: true,
    },
    reason: 'as it was before',
  };
  return [hold, ...install, release];
}
