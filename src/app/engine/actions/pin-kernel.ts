// SPDX-License-Identifier: AGPL-3.0-or-later
import { ESP_LIST, NEXT_BOOT_PIN_FILE, PIN_FILE } from '../../../core/boot/boot-tool-files.ts';
import { ok, problem } from '../../../core/problem.ts';
import { pinnedKernel, writeGrubPin } from '../boot/pinned-kernel.ts';
import type { Executor } from '../executor.ts';

/**
 * Pins the kernel that boots by default, or unpins. Writes what `proxmox-boot-tool kernel pin` writes, but each file as a whole: the
 * tool writes in place, runs update-grub at once, and its `unpin` also takes a pin for the next boot away (ADR 16). The loader
 * gets it from the `refreshBoot` that follows; a pin for the next boot goes first until that boot.
 */
export const pinKernel: Executor<'pinKernel'> = {
  needsDeviceLock: false,
  checkTells: true,
  onlyRuns: true,
  async check({ host }, { release, before }, isHalfDone = false) {
    const now = await pinnedKernel(host);
    if (!now.ok) return now;
    if (now.value === release && !isHalfDone) return ok('already');
    if (now.value === before || now.value === release) return ok('ready');
    return problem('plan.drift', `The pinned kernel is ${now.value ?? 'none'} by now, where ${before ?? 'none'} was expected.`, {
      hint: 'Plan again.',
      where: PIN_FILE,
    });
  },
  async execute(context, { release }) {
    const { host } = context;
    if (release !== null && (await host.stat(`/boot/vmlinuz-${release}`)).kind !== 'content')
      return problem('plan.failed', `There is no kernel ${release} in /boot that could be pinned.`);
    const folder = await host.mkdir(PIN_FILE.slice(0, PIN_FILE.lastIndexOf('/')));
    if (!folder.ok) return folder;
    const noted = release === null ? await host.remove(PIN_FILE) : await host.writeAtomic(PIN_FILE, `${release}\n`);
    const isLater = await Promise.all([ESP_LIST, NEXT_BOOT_PIN_FILE].map((path) => host.stat(path)));
    if (!noted.ok || isLater.some(({ kind }) => kind === 'content')) return noted;
    return await writeGrubPin(context, release);
  },
};
