// SPDX-License-Identifier: AGPL-3.0-or-later
import { isLogTrouble } from '../selftest/log-trouble.ts';

/** What a line of a guest's kernel log means, and what to do about it. */
export interface LogExplanation {
  readonly line: string;
  readonly text: string;
  readonly hint?: string;
  readonly source?: string;
}

interface Known {
  readonly pattern: RegExp;
  readonly text: string;
  readonly hint?: string;
  readonly source: string;
}

const ISSUES = 'strongtz/i915-sriov-dkms';

/** Texts of i915, xe and the module loader as guests show them, with the causes that were found. */
const KNOWN: readonly Known[] = [
  {
    pattern: /unknown parameter '(?:max_vfs|enable_guc)' ignored/,
    text: "The kernel's own i915 was loaded, not that of i915-sriov-dkms.",
    hint: 'Build the driver for the kernel that runs, then the initramfs, and restart the guest.',
    source: `${ISSUES}#392`,
  },
  {
    pattern: /GuC submission disabled|Device initialization failed \(-19\)/i,
    text: 'i915 runs without GuC, and a VF needs it.',
    hint: 'Set enable_guc=3 for i915, build the initramfs, restart the guest.',
    source: `${ISSUES}#103, #189`,
  },
  {
    pattern: /MMIO access returns 0xFFFFFFFF/i,
    text: 'The VF does not answer.',
    hint: 'Stop and start the guest; a new load of the driver helped others.',
    source: `${ISSUES}#133`,
  },
  {
    pattern: /(?:i915|xe|drm_\w+|i915_\w+): (?:Unknown symbol|disagrees about version of symbol)/,
    text: 'Modules that the driver needs are missing, or are of another kernel.',
    hint: 'Install linux-modules-extra of this kernel, and build the driver again.',
    source: `${ISSUES}#418`,
  },
  {
    pattern: /Unable to confirm version/i,
    text: "The host's GuC is newer than this driver knows.",
    hint: 'Install a newer release of i915-sriov-dkms in the guest.',
    source: `${ISSUES}#186`,
  },
  {
    pattern:
      /(?:guc|huc|dmc|gsc)\w*[\w./-]*.*(?:fetch failed|failed to (?:fetch|load).*-2|error -2|-ENOENT)|Direct firmware load for (?:i915|xe)\//i,
    text: 'A firmware file of the GPU is missing in the guest.',
    hint: "Install the distribution's firmware package, then build the initramfs.",
    source: 'Linux drivers/gpu/drm/i915/gt/uc/intel_uc_fw.c',
  },
  {
    pattern: /not officially supported by (?:the )?xe driver/i,
    text: 'xe leaves this GPU alone until it is told to take it.',
    hint: 'Set force_probe for xe, or keep xe away and use i915-sriov-dkms.',
    source: 'Linux drivers/gpu/drm/xe/xe_pci.c',
  },
  {
    pattern: /Loading of (?:unsigned )?module|module verification failed.*rejected|Key was rejected/i,
    text: "The guest's Secure Boot refuses a module that is not signed with a key it knows.",
    hint: 'Enrol the key of dkms in the guest (mokutil --import /var/lib/dkms/mok.pub), or turn Secure Boot off for it.',
    source: `${ISSUES}#300`,
  },
];

/** The lines of a guest's kernel log that speak of trouble with its GPU, explained where the cause is known; each cause once. */
export function explainLog(lines: readonly string[]): readonly LogExplanation[] {
  const found = new Map<string, LogExplanation>();
  for (const line of lines) {
    const known = KNOWN.find(({ pattern }) => pattern.test(line));
    if (known === undefined && !isLogTrouble(line)) continue;
    const key = known?.text ?? line.replace(/^\[[^\]]*\]\s*/, '');
    if (found.has(key)) continue;
    const { text = 'No cause for this line is known.', hint, source } = known ?? {};
    found.set(key, { line, text, ...(hint === undefined ? {} : { hint }), ...(source === undefined ? {} : { source }) });
  }
  return [...found.values()];
}
