// SPDX-License-Identifier: AGPL-3.0-or-later
import { givesWord } from '../../boot/gives-word.ts';
import { ifKnown } from '../../facts/section.ts';
import { defaultRelease } from '../../kernels/boot-kernels.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule, type Outcome } from '../finding.ts';
import { bootWords, configurationOf, gpuWords, LOADER_NAMES, refreshCommand } from './gpu-words.ts';

/** Words in the configuration that the running kernel does not have: no reboot since, or the loader's own files are older. */
export const PARAM_NOT_BOOTED: FindingRule = {
  id: 'boot.param-not-booted',
  severity: 'warning',
  title: 'Kernel parameters that are configured are not in effect',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/403',
  follows: ['boot.loader-not-refreshed', 'boot.reboot-pending', 'boot.root-missing'],
  examine: notBooted,
};

/** Words of the running kernel that the configuration lacks: typed at the loader's menu, or taken out since. */
export const PARAM_NOT_LASTING: FindingRule = {
  id: 'boot.param-not-lasting',
  severity: 'warning',
  title: 'Kernel parameters that are in effect are gone with the next boot',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader#sysboot_edit_kernel_cmdline',
  follows: ['boot.reboot-pending'],
  examine: notLasting,
};

/** grub.cfg is what GRUB reads; `/etc/default/grub` only becomes part of it with update-grub. */
export const LOADER_NOT_REFRESHED: FindingRule = {
  id: 'boot.loader-not-refreshed',
  severity: 'warning',
  title: 'The configuration of GRUB was changed, and update-grub was not run',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader#sysboot_edit_kernel_cmdline',
  examine: ({ facts }) => {
    const words = bootWords(facts);
    const release = defaultRelease(facts);
    const entry = ifKnown(facts.boot)?.grubEntries?.find((one) => one.release === release);
    if (words?.loader.kind !== 'grub' || entry === undefined) return FINE;
    const has = entry.parameters.join(' ');
    const due = gpuWords(words.next).filter((word) => givesWord(words.next.join(' '), word) && !givesWord(has, word));
    if (due.length === 0) return FINE;
    const list = visible(due.join(' '), 200);
    return {
      state: 'problem',
      because: `${configurationOf('grub')} gives ${list}, but /boot/grub/grub.cfg was made before that, so the next boot does not have it either.`,
      evidence: [
        { source: configurationOf('grub'), value: list },
        { source: `/boot/grub/grub.cfg, kernel ${visible(entry.release, 80)}`, value: visible(has, 300) || 'no parameters' },
      ],
      remedy: { text: 'Run update-grub, then reboot.' },
    };
  },
};

function notBooted({ facts }: DoctorCase): Outcome {
  const words = bootWords(facts);
  if (words === undefined) return FINE;
  const { loader, booted, next } = words;
  const missing = gpuWords(next).filter((word) => givesWord(next.join(' '), word) && !givesWord(booted, word));
  if (missing.length === 0) return FINE;
  const file = configurationOf(loader.kind);
  const list = visible(missing.join(' '), 200);
  return {
    state: 'problem',
    because: `${list} ${missing.length === 1 ? 'stands' : 'stand'} in the configuration of ${LOADER_NAMES[loader.kind]}, but the running kernel was started without.`,
    evidence: [
      { source: file, value: list },
      { source: '/proc/cmdline', value: visible(booted, 300) },
    ],
    remedy: {
      text: `Reboot this node. Where it was rebooted since they were written, run "${refreshCommand(loader)}" first, so that the loader gets them.`,
    },
  };
}

function notLasting({ facts, pending }: DoctorCase): Outcome {
  const words = bootWords(facts);
  if (words === undefined) return FINE;
  const { loader, booted, next, bootedWords } = words;
  const tried = pending?.trial === undefined ? [] : pending.parameters;
  const gone = bootedWords.filter((word) => givesWord(booted, word) && !givesWord(next.join(' '), word) && !tried.includes(word));
  if (gone.length === 0) return FINE;
  const file = configurationOf(loader.kind);
  const list = visible(gone.join(' '), 200);
  return {
    state: 'problem',
    because: `The running kernel was started with ${list}, which the configuration of ${LOADER_NAMES[loader.kind]} does not have.`,
    evidence: [
      { source: '/proc/cmdline', value: list },
      { source: file, value: visible(next.join(' '), 300) || 'no such words' },
    ],
    remedy: {
      text: `Add to ${file} what shall stay and run "${refreshCommand(loader)}"; "pveigpu apply" does so for the mode that is wanted.`,
    },
  };
}
