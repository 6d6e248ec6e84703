// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingId, FindingRule, Outcome, Severity } from '../finding.ts';
import { said } from '../said.ts';

/** GuC and GSC: without the former nothing is scheduled on generation 12 and later, and there are no VFs. */
export const GUC_FIRMWARE_MISSING = fileMissing('driver.firmware-missing', 'error', /guc|gsc/i, {
  title: 'The GuC firmware of the GPU is missing',
  effect: 'without it the driver cannot schedule work, and offers no VFs',
});

/** HuC: parts of video encoding. */
export const HUC_FIRMWARE_MISSING = fileMissing('driver.huc-firmware-missing', 'warning', /huc/i, {
  title: 'The HuC firmware of the GPU is missing',
  effect: 'without it some kinds of video encoding fail',
});

/** DMC: power states of the display engine. */
export const DMC_FIRMWARE_MISSING = fileMissing('driver.dmc-firmware-missing', 'advice', /dmc/i, {
  title: 'The DMC firmware of the GPU is missing',
  effect: 'without it the display engine never sleeps, which costs power and nothing else',
});

function fileMissing(
  id: FindingId,
  severity: Severity,
  which: RegExp,
  { title, effect }: { readonly title: string; readonly effect: string },
): FindingRule {
  return {
    id,
    severity,
    title,
    reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/214',
    examine: ({ facts }): Outcome | readonly Outcome[] => {
      const lines = said(facts, 'firmware.file-missing').filter(({ value }) => which.test(withoutFolder(value)));
      const [first] = lines;
      if (first === undefined) return [];
      return {
        state: 'problem',
        because: `A firmware file of the GPU is not below /lib/firmware; ${effect}.`,
        evidence: [first, ...lines.slice(1, 3)],
        remedy: {
          text: 'Install pve-firmware (on plain Debian firmware-intel-graphics), then update-initramfs -u -k all, and reboot.',
        },
      };
    },
  };
}

/** Folders are named i915 and xe whatever file it is about. */
function withoutFolder(line: string): string {
  return line.replace(/\b(i915|xe)\//g, '');
}
