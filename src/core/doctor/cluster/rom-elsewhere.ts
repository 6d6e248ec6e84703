// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import type { FindingRule, Outcome } from '../finding.ts';

/** A guest of another node needs its ROM file here, when it moves. */
export const ROM_OF_OTHER_NODE: FindingRule = {
  id: 'cluster.rom-of-other-node',
  severity: 'warning',
  title: 'A ROM file of a guest of another node is not here',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#%22romfile%22',
  follows: ['rom.missing'],
  examine: ({ facts }) =>
    (ifKnown(facts.roms)?.roms ?? [])
      .filter(({ elsewhere, vmids, rom }) => elsewhere.length > 0 && vmids.length === 0 && rom.state === 'absent')
      .map(
        ({ name, path, elsewhere }): Outcome => ({
          state: 'problem',
          because: `Guest ${elsewhere.join(', ')} of another node names the ROM file ${name}, which is not on this node, so it could not start here.`,
          evidence: [{ source: path, value: 'absent' }],
          remedy: { text: 'Copy the file into /usr/share/kvm of this node, or keep the guest off it.' },
        }),
      ),
};
