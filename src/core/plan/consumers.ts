// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Step } from './action.ts';

/** Calls that make a program read files again. They change nothing of their own, so doing them once more is always right. */
const READERS: readonly string[] = ['systemctl daemon-reload', 'udevadm control --reload', 'kernel-install add-all'];

/**
 * Whether a step makes something out of files that other steps change: the loader's files, an initramfs, systemd's and udev's
 * view. Such a step is taken back by doing it again once the files are as before, so it has no place in the reverse order.
 */
export function isConsumer(step: Step): boolean {
  switch (step.action) {
    case 'refreshBoot':
    case 'updateInitramfs':
      return true;
    case 'run':
      return READERS.includes(step.args.argv.join(' '));
    default:
      return false;
  }
}
