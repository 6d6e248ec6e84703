// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Evidence } from '../../gpu/verdict.ts';
import { pendingAssertions } from '../../setup/assertion.ts';
import { waitingReboot } from '../../status/waiting-reboot.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { hasBooted } from './has-booted.ts';

const PENDING = '/var/lib/pveigpu/pending.json';

/** A set-up or a trial was made ready and the node has not been rebooted since. */
export const REBOOT_PENDING: FindingRule = {
  id: 'boot.reboot-pending',
  severity: 'warning',
  title: 'What was set up waits for a reboot',
  reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#qm_pci_passthrough',
  examine: (ground) => {
    const { pending, bootId } = ground;
    const [waiting] = waitingReboot({ pending, bootId, pinned: null }, null);
    if (pending === null || waiting?.until !== 'reboot') return FINE;
    return {
      state: 'problem',
      because: `This node has not been rebooted since: ${waiting.text}.`,
      evidence: evidenceOf(ground),
      remedy: { text: 'Reboot this node; after that "pveigpu confirm" looks whether all came as it should.' },
    };
  },
};

/** The node was rebooted and came up as it was set up, and nobody has said so: a trial then ends with the next boot. */
export const NOT_CONFIRMED: FindingRule = {
  id: 'boot.not-confirmed',
  severity: 'warning',
  title: 'A set-up has been booted and is not confirmed',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader#sysboot_kernel_pin',
  follows: ['boot.not-as-set-up'],
  examine: (ground) => {
    const { pending } = ground;
    if (pending === null || !hasBooted(ground)) return FINE;
    const rest = pending.trial === undefined ? '' : ', and what was tried ends with the next boot';
    return {
      state: 'problem',
      because: `This node was rebooted after the set-up, and nobody has looked yet whether all came as it should${rest}.`,
      evidence: evidenceOf(ground),
      remedy: {
        text: 'Have it looked at with "pveigpu confirm"; "pveigpu rollback" takes the set-up back.',
        fix: { kind: 'confirm' },
      },
    };
  },
};

/** The node was rebooted, but another kernel runs than the one that was set up, or without its parameters. */
export const NOT_AS_SET_UP: FindingRule = {
  id: 'boot.not-as-set-up',
  severity: 'error',
  title: 'The node did not boot as it was set up',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader',
  follows: ['boot.param-in-inactive-loader', 'boot.param-not-booted'],
  examine: (ground) => {
    const { pending, facts } = ground;
    if (pending === null || !hasBooted(ground) || facts.kernel.state !== 'known') return FINE;
    const wrong = pendingAssertions(ground).filter(({ answer }) => answer === 'no');
    if (wrong.length === 0) return FINE;
    const because = wrong.map(({ text }) => text.replace(/\.$/, '')).join('; ');
    return {
      state: 'problem',
      because: `${because}.`,
      evidence: [...evidenceOf(ground), { source: '/proc/sys/kernel/osrelease', value: facts.kernel.value.release }],
      remedy: {
        text: 'See with "pveigpu assert" what is missing. Reboot into the right kernel, or take the set-up back with "pveigpu rollback".',
      },
    };
  },
};

function evidenceOf({ pending }: DoctorCase): readonly [Evidence, ...Evidence[]] {
  const words = pending?.parameters.join(' ') ?? '';
  const kernel: Evidence = { source: PENDING, value: `kernel ${pending?.kernel ?? 'unknown'}` };
  return words === '' ? [kernel] : [kernel, { source: PENDING, value: `parameters ${words}` }];
}
