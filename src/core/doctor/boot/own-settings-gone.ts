// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { desiredOf } from '../../plan/desired.ts';
import { OWN_MODPROBE, OWN_MODULES_LOAD } from '../../setup/own-path.ts';
import type { FindingRule } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';
import { ledgerOf } from '../known-sections.ts';

const OWN_SETTINGS = [OWN_MODPROBE, OWN_MODULES_LOAD];

/** A file of ours that the mode needs was removed by somebody: the next boot, or this one already, goes without it. */
export const OWN_SETTINGS_GONE: FindingRule = {
  id: 'boot.own-settings-gone',
  severity: 'warning',
  title: 'A file that pveigpu wrote for the mode is gone',
  reference: 'https://man7.org/linux/man-pages/man5/modprobe.d.5.html',
  examine: (ground) => {
    const { facts, desired } = ground;
    const config = ifKnown(facts.config);
    if (config === undefined || desired.state !== 'known') return [];
    const asked = gpuWishes(ground).find(
      ({ device, mode }) => mode !== 'host' && desiredOf(desired.value, device)?.mode === mode,
    );
    if (asked === undefined) return [];
    const { files } = ledgerOf(ground);
    const isThere = (path: string) => [...config.files, ...config.unreadable].some((one) => one.path === path);
    const gone = OWN_SETTINGS.filter((path) => (files[path]?.wroteSha1 ?? null) !== null && !isThere(path));
    return gone.map((path) => ({
      state: 'problem',
      subject: path,
      because: `${path} was written for ${asked.mode} on ${asked.device.bdf} and is not there any more.`,
      evidence: [
        { source: path, value: 'absent' },
        { source: '/var/lib/pveigpu/ledger.json', value: `${path} is ours` },
        asked.sign,
      ],
      remedy: {
        text: 'Set the mode up again: it writes the file. Reboot after that.',
        fix: { kind: 'apply', mode: asked.mode, gpu: asked.device.bdf },
      },
    }));
  },
};
