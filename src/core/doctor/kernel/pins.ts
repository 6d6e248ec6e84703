// SPDX-License-Identifier: AGPL-3.0-or-later
import { compareReleases } from '../../boot/release-order.ts';
import { ifKnown } from '../../facts/section.ts';
import { installedKernels } from '../../kernels/boot-kernels.ts';
import { visible } from '../../text/visible.ts';
import { FINE, type FindingRule } from '../finding.ts';

const PIN = '/etc/kernel/proxmox-boot-pin';
const REFERENCE = 'https://pve.proxmox.com/wiki/Host_Bootloader#sysboot_kernel_pin';

/** A pin keeps the node on a kernel although newer ones with security fixes are installed. */
export const PIN_OLDER: FindingRule = {
  id: 'kernel.pin-older',
  severity: 'advice',
  title: 'A kernel is pinned that is older than others that are installed',
  reference: REFERENCE,
  examine: ({ facts }) => {
    const pinned = ifKnown(facts.boot)?.pinned;
    const installed = installedKernels(facts);
    const newest = installed.at(-1)?.release;
    if (pinned === undefined || newest === undefined || compareReleases(newest, pinned) <= 0) return FINE;
    if (!installed.some(({ release }) => release === pinned)) return FINE;
    return {
      state: 'problem',
      because: `Kernel ${visible(pinned, 80)} is pinned, so ${newest}, which is installed and has newer security fixes, is not started.`,
      evidence: [
        { source: PIN, value: visible(pinned, 80) },
        { source: '/boot', value: `vmlinuz-${newest}` },
      ],
      remedy: {
        text: 'Take the pin away as soon as nothing needs it; pveigpu kernel list shows what works under each kernel.',
        fix: { kind: 'kernel-unpin' },
      },
    };
  },
};

/** The pinned kernel is gone, so the loader starts another one than somebody counts on (proxmox-boot-tool then pins nothing). */
export const PIN_MISSING: FindingRule = {
  id: 'kernel.pin-missing',
  severity: 'warning',
  title: 'The pinned kernel is not installed',
  reference: REFERENCE,
  examine: ({ facts }) => {
    const boot = ifKnown(facts.boot);
    const pinned = boot?.pinned;
    if (boot === undefined || pinned === undefined || boot.kernels.length === 0) return FINE;
    if (boot.kernels.some(({ release }) => release === pinned)) return FINE;
    return {
      state: 'problem',
      because: `Kernel ${visible(pinned, 80)} is pinned and not there, so the next boot starts another one.`,
      evidence: [
        { source: PIN, value: visible(pinned, 80) },
        { source: '/boot', value: boot.kernels.map(({ release }) => release).join(' ') },
      ],
      remedy: { text: 'Take the pin away, or install that kernel again.', fix: { kind: 'kernel-unpin' } },
    };
  },
};
