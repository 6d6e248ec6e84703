// SPDX-License-Identifier: AGPL-3.0-or-later
import type { LogFacts } from '../facts/kernel-facts.ts';
import { visible } from '../text/visible.ts';

/** Newest matching lines that are kept. */
export const MAX_LOG_LINES = 2000;
/** UTF-16 units of kept lines together, about 1 MiB. */
export const MAX_LOG_LENGTH = 1024 * 1024;

/**
 * What makes a line matter: graphics drivers and their firmware, IOMMU, SR-IOV, VFIO, mediated devices, the firmware
 * framebuffer, BAR assignment, Secure Boot and module signatures, the management engine, microcode, hung tasks.
 */
const MATTERS = new RegExp(
  [
    /\b(i915|xe|kvmgt|gvt|nouveau|nvidia|amdgpu|radeon|ast|simpledrm|simple-framebuffer|efifb|vesafb|simplefb|sysfb|virtio[-_]gpu)\b/,
    /\b(drm|vgaarb|fbcon|Console: switching|shadowed ROM|Intel graphics|graphics memory)\b/i,
    /\bGT[0-9]: |\b(GuC|HuC|GSC|DMC) /,
    /\b(DMAR|IOMMU|iommu|AMD-Vi|x2apic|intel_iommu)\b|remapping/,
    /SR-IOV|\bIOV\b|\bVFs?\b|\bVF\([a-z]\)|VF[0-9]+ FLR|\bvirtfn/,
    /\bvfio|\bmdev\b|\biommufd\b/,
    /\bmei(_\w+)?\b|\bpxp\b/,
    /class 0x0?3[0-9a-f]{4}\b|0000:00:02\.[0-7]\b/,
    /BAR [0-9]+\b.*(can't|no space|failed|conflict|reserve)|(can't|no space|failed).*BAR [0-9]/,
    /Device is currently in use, task|blocked for more than|hung task/,
    /module verification failed|Loading of (unsigned )?module|Lockdown|Secure boot|secureboot|\bMOK\b/i,
    /unknown parameter|Setting dangerous option|Command line:|Linux version|microcode:/,
    /snd_hda_intel\b.*(i915|component|bound|HDMI|vga_switcheroo)/,
    /general protection fault|kernel BUG|Oops:|Call Trace|NULL pointer|WARNING: .* at /,
  ]
    .map((part) => part.source)
    .join('|'),
  'i',
);

/** File systems, audit records and messages of programs (`systemd[1]: `): they share words with what matters and name people's things. */
const NOISE = /^(<\d+>)?(\[[^\]]*\](\[[^\]]*\])?)?\s*(VFS:|audit(:|\()|[\w@().-]+\[\d+\]: )/;

/** Says whether a line of the kernel log bears on graphics or on what passing a GPU needs. */
export function lineMatters(line: string): boolean {
  return MATTERS.test(line) && !NOISE.test(line);
}

/** The lines of a kernel log that matter, newest last, made visible; the oldest go first when there are too many. */
export function relevantLogLines(
  text: string,
  limits: { readonly maxLines: number; readonly maxLength: number } = { maxLines: MAX_LOG_LINES, maxLength: MAX_LOG_LENGTH },
): LogFacts {
  const kept: string[] = [];
  let length = 0;
  const lines = text.split('\n');
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const line = (lines[i] ?? '').replace(/\r$/, '');
    if (!lineMatters(line)) continue;
    const shown = visible(line);
    length += shown.length;
    if (kept.length >= limits.maxLines || length > limits.maxLength) return { lines: kept.reverse(), truncated: true };
    kept.push(shown);
  }
  return { lines: kept.reverse(), truncated: false };
}

/** The lines of a kernel log that facts rest on, for a capture. */
export function keptLog(text: string): string {
  return text
    .split('\n')
    .filter(lineMatters)
    .map((line) => `${line}\n`)
    .join('');
}
