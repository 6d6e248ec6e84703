// SPDX-License-Identifier: AGPL-3.0-or-later
import { contradiction, missingElements } from '../../boot/parameter-words.ts';
import { placedWords } from '../../boot/placed-words.ts';
import { ifKnown } from '../../facts/section.ts';
import { givenOption } from '../../gpu/given-options.ts';
import { visible } from '../../text/visible.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { gpuWords } from './gpu-words.ts';

const CMDLINE = '/proc/cmdline';

/** `intel_iommu=on ... intel_iommu=off`: only one of them counts, and people look at the other. */
export const CONTRADICTING_PARAMS: FindingRule = {
  id: 'boot.contradicting-params',
  severity: 'warning',
  title: 'The kernel command line says two things about one parameter',
  reference: 'https://www.kernel.org/doc/html/latest/admin-guide/kernel-parameters.html',
  examine: ({ facts }) => {
    const placed = placedWords([{ text: ifKnown(facts.kernel)?.cmdline ?? '', at: null }]);
    const texts = placed.map(({ text }) => text);
    const words = gpuWords(texts);
    const pairs = words.flatMap((word) => {
      const other = contradiction(placed, word);
      return other === undefined || texts.lastIndexOf(other) < texts.lastIndexOf(word) ? [] : [{ word, other }];
    });
    return pairs.map(({ word, other }) => ({
      state: 'problem',
      subject: visible(word.split('=')[0] ?? word, 80),
      because: `The kernel command line has ${visible(word, 80)} and later ${visible(other, 80)}, and the later one counts.`,
      evidence: [{ source: CMDLINE, value: visible(`${word} ... ${other}`, 200) }],
      remedy: { text: `Take out the one that is not meant, then reboot.` },
    }));
  },
};

/** Of several `module_blacklist=` the kernel keeps the last (kernel/module/main.c), so what the first ones name is loaded. */
export const BLACKLIST_REPLACED: FindingRule = {
  id: 'boot.blacklist-replaced',
  severity: 'warning',
  title: 'A later module_blacklist= replaces an earlier one',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/kernel/module/main.c',
  examine: ({ facts }) => {
    const words = (ifKnown(facts.kernel)?.cmdline ?? '').split(/\s+/).filter((word) => word.startsWith('module_blacklist='));
    const last = words.at(-1);
    const lost = last === undefined ? [] : words.flatMap((word) => missingElements(last, word));
    if (last === undefined || lost.length === 0) return FINE;
    const list = visible([...new Set(lost)].join(', '), 200);
    return {
      state: 'problem',
      because: `${list} ${lost.length === 1 ? 'is' : 'are'} loaded all the same, because the kernel takes only the last module_blacklist= of its command line.`,
      evidence: [{ source: CMDLINE, value: visible(words.join(' '), 300) }],
      remedy: { text: `Make one list of them: ${visible(`${last},${[...new Set(lost)].join(',')}`, 200)}. Then reboot.` },
    };
  },
};

/** GVT-g works without GuC submission and SR-IOV only with it (kernel drivers/gpu/drm/i915/intel_gvt.c; i915-sriov-dkms i915_sriov.c). */
export const MODES_CONTRADICT: FindingRule = {
  id: 'boot.gvtg-with-sriov-options',
  severity: 'warning',
  title: 'i915 is told to do GVT-g and SR-IOV at once',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/gpu/drm/i915/intel_gvt.c',
  examine: ({ facts }) => {
    const option = (name: string) => givenOption(facts, 'i915', name);
    const [gvt, maxVfs, guc] = [option('enable_gvt'), option('max_vfs'), option('enable_guc')];
    const isGvt = gvt !== undefined && /^(1|y)/i.test(gvt);
    const isSriov = Number(maxVfs ?? 0) > 0;
    if (!isGvt || (!isSriov && Number(guc ?? 0) % 2 !== 1)) return FINE;
    const other = isSriov ? `max_vfs=${visible(maxVfs ?? '', 20)}` : `enable_guc=${visible(guc ?? '', 20)}`;
    return {
      state: 'problem',
      because: `i915 gets enable_gvt=1 and ${other}; GVT-g needs GuC submission off and SR-IOV needs it on, so one of the two cannot work.`,
      evidence: [
        { source: 'options of i915', value: `enable_gvt=${visible(gvt, 20)}` },
        { source: 'options of i915', value: other },
      ],
      remedy: { text: 'Decide for one of the two with "pveigpu apply", and take the options of the other out.' },
    };
  },
};
