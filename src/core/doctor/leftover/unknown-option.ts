// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule } from '../finding.ts';

const IGNORED = /\b(i915|xe|kvmgt|vfio[\w-]*): unknown parameter '([^']{1,60})' ignored/;

/** An option that the module does not have, for example `enable_guc` of xe. What i915 says of `max_vfs` is a finding of its own. */
export const UNKNOWN_OPTION: FindingRule = {
  id: 'leftover.unknown-option',
  severity: 'advice',
  title: 'A module is given an option that it does not have',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/gpu/drm/xe/xe_module.c',
  examine: ({ facts }) => {
    const said = new Map<string, { readonly line: string; readonly module: string; readonly name: string }>();
    for (const line of ifKnown(facts.logs)?.lines ?? []) {
      const [, module = '', name = ''] = IGNORED.exec(line) ?? [];
      if (module !== '' && !(module === 'i915' && name === 'max_vfs')) said.set(`${module}.${name}`, { line, module, name });
    }
    return [...said].map(([option, { line, module, name }]) => ({
      state: 'problem',
      subject: visible(option, 100),
      because: `${module} has no option ${visible(name, 60)}, so the setting does nothing.`,
      evidence: [{ source: 'kernel log', value: visible(line.trim(), 200) }],
      remedy: {
        text: `Take it out: grep -r ${visible(name, 60)} /etc/modprobe.d /etc/default/grub /etc/kernel/cmdline shows where it stands.`,
      },
    }));
  },
};
