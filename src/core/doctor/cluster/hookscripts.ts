// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HookscriptFacts } from '../../facts/guest-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Outcome } from '../finding.ts';

type Script = HookscriptFacts['scripts'][number];

const REFERENCE = 'https://pve.proxmox.com/wiki/Qemu/KVM_Virtual_Machines#_hookscripts';

/** A guest of another node that comes here: PVE starts none whose hook script is not there (pve-guest-common GuestHelpers.pm). */
export const HOOKSCRIPT_ELSEWHERE: FindingRule = {
  id: 'cluster.hookscript-of-other-node',
  severity: 'warning',
  title: 'A hook script of a guest of another node is not here',
  reference: REFERENCE,
  examine: ({ facts }) =>
    (ifKnown(facts.hookscripts)?.scripts ?? [])
      .filter(({ vmids, elsewhere = [], exists }) => vmids.length === 0 && elsewhere.length > 0 && !exists)
      .map(
        (script): Outcome => ({
          state: 'problem',
          because: `Guest ${(script.elsewhere ?? []).join(', ')} of another node names the hook script ${volidOf(script)}, which is not on this node, so it could not start here after a migration.`,
          evidence: [{ source: placeOf(script), value: 'absent' }],
          remedy: { text: 'Copy the file to this node, or keep snippets on a storage that all nodes share.' },
        }),
      ),
};

function volidOf({ volid }: Script): string {
  return visible(volid, 120);
}

function placeOf({ path, volid }: Script): string {
  return visible(path ?? volid, 160);
}
