// SPDX-License-Identifier: AGPL-3.0-or-later

/** What the kernel logs when a VF, its GPU or the IOMMU is in trouble. */
const TROUBLE = new RegExp(
  [
    /\bDMAR:.*\bfault\b|\[(DMA|INTR-REMAP)[^\]]*\].*\bfault addr\b/,
    /\b(i915|xe)\b.*(\*ERROR\*|GPU HANG|\bwedged\b|failed with error|[Tt]imed out)/,
    /\bGT[0-9]: .*\b(failed|timed out|hang)\b/i,
    /\bvfio-pci\b.*(can't reserve|bar_restore|timed out|fault|Unable to)/,
    /Device is currently in use, task|blocked for more than \d+ seconds/,
    /general protection fault|kernel BUG|\bOops:|\bCall Trace:|NULL pointer dereference/,
  ]
    .map((part) => part.source)
    .join('|'),
);

/**
 * Errors that come with working VFs: the state of a VF that cannot be saved at its reset, and a firmware call that some
 * boards do not know (https://github.com/strongtz/i915-sriov-dkms/issues/281 and /issues/305).
 */
const HARMLESS = /Failed to save VF\d+ state|sending action 0x550b|mmio request 0x4100/i;

/** Whether a line of the kernel log speaks against the GPU's well-being. */
export function isLogTrouble(line: string): boolean {
  return TROUBLE.test(line) && !HARMLESS.test(line);
}

/**
 * The lines of a kernel log that are not in an earlier reading of it. The kernel's buffer is a ring, so the earlier reading's
 * last line may be gone; then all lines are new.
 */
export function newLogLines(before: string, after: string): readonly string[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const last = old.at(-1);
  const place = last === undefined ? -1 : now.lastIndexOf(last);
  return now.slice(place + 1);
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
