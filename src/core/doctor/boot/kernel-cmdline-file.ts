// SPDX-License-Identifier: AGPL-3.0-or-later
import { activeLoader, configuredParameters } from '../../boot/active-loader.ts';
import { KERNEL_CMDLINE } from '../../boot/detect-loaders.ts';
import { ifKnown } from '../../facts/section.ts';
import { visible } from '../../text/visible.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { refreshCommand } from './gpu-words.ts';

/** A guide's `echo "quiet intel_iommu=on" > /etc/kernel/cmdline` takes `root=` away: the node does not find its root again. */
export const ROOT_MISSING: FindingRule = {
  id: 'boot.root-missing',
  severity: 'critical',
  title: 'The kernel command line for the next boot has no root=',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader#sysboot_edit_kernel_cmdline',
  examine: ({ facts }) => {
    const boot = ifKnown(facts.boot);
    const loader = boot === undefined ? undefined : activeLoader(boot);
    if (loader?.kind !== 'systemd-boot') return FINE;
    const words = configuredParameters(facts, loader);
    if (words === undefined || words.some((word) => /^root=./.test(word))) return FINE;
    const booted = (ifKnown(facts.kernel)?.cmdline ?? '').split(/\s+/).find((word) => word.startsWith('root='));
    const is = visible(booted ?? 'root=...', 120);
    return {
      state: 'problem',
      because: `${KERNEL_CMDLINE} has no root=, so a kernel that is started with it does not find this node's disk.`,
      evidence: [
        { source: KERNEL_CMDLINE, value: visible(words.join(' '), 300) || 'empty' },
        ...(booted === undefined ? [] : [{ source: '/proc/cmdline', value: is }]),
      ],
      remedy: {
        text: `Before the next reboot write ${is} to the front of the first line of ${KERNEL_CMDLINE}, then run "${refreshCommand(loader)}".`,
      },
    };
  },
};
