// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule, Outcome } from '../finding.ts';
import { romUses } from './rom-use.ts';

/** QEMU does not start with a ROM file that is not there ("failed to find romfile"). */
export const ROM_MISSING: FindingRule = {
  id: 'rom.missing',
  severity: 'error',
  title: 'The ROM file that a guest names is not in /usr/share/kvm',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#%22romfile%22',
  examine: (ground) =>
    romUses(ground).flatMap(({ name, file, line }): readonly Outcome[] => {
      if (file.rom.state === 'unknown')
        return [
          {
            state: 'unmeasured',
            subject: name,
            because: `The ROM file ${file.name} could not be looked at: ${file.rom.reason}.`,
            needs: 'root',
          },
        ];
      if (file.rom.state === 'known') return [];
      return [
        {
          state: 'problem',
          subject: name,
          because: `${name} cannot start: there is no ${file.path}.`,
          evidence: [line, { source: file.path, value: 'absent' }],
          remedy: {
            text: 'Copy the file into /usr/share/kvm of every node that the guest may run on, and name it without a path; or take romfile out of the entry.',
          },
        },
      ];
    }),
};
