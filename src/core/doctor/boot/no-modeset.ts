// SPDX-License-Identifier: AGPL-3.0-or-later
import { lastValue, moduleParameter, parseCmdline } from '../../boot/cmdline.ts';
import { ifKnown } from '../../facts/section.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';

/** `nomodeset` keeps every graphics driver from binding (kernel drivers/video/nomodeset.c; i915_module.c, xe_module.c). */
export const NO_MODESET: FindingRule = {
  id: 'boot.nomodeset',
  severity: 'error',
  title: 'The kernel command line forbids graphics drivers to bind',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/video/nomodeset.c',
  examine: (ground) => {
    const cmdline = parseCmdline(ifKnown(ground.facts.kernel)?.cmdline ?? '');
    const drivers = ['i915', 'xe'].filter((driver) => moduleParameter(cmdline, driver, 'modeset') === '0');
    const words = [
      ...(lastValue(cmdline, 'nomodeset') === undefined ? [] : ['nomodeset']),
      ...drivers.map((name) => `${name}.modeset=0`),
    ];
    const wish = gpuWishes(ground).find(
      ({ mode, device }) => mode !== 'gvt-d' && (device.driver === null || device.driver === 'simple-framebuffer'),
    );
    if (words.length === 0 || wish === undefined) return FINE;
    const list = words.join(' ');
    return {
      state: 'problem',
      subject: wish.device.bdf,
      because: `The kernel was started with ${list}, so that i915 and xe leave the GPU ${wish.device.bdf} alone.`,
      evidence: [{ source: '/proc/cmdline', value: list }, wish.sign],
      remedy: { text: `Take ${list} out of the kernel command line and reboot.` },
    };
  },
};
