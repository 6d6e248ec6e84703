// SPDX-License-Identifier: AGPL-3.0-or-later
import { isGiven, isGivenExactly } from './parameter-words.ts';
import { placedWords } from './placed-words.ts';

/**
 * Whether a kernel command line says what a word says, as the kernel reads it: `module_blacklist=a,b` gives
 * `module_blacklist=b`, a later `intel_iommu=off` takes `intel_iommu=on` back.
 */
export function givesWord(cmdline: string, word: string): boolean {
  return isGiven(placedWords([{ text: cmdline, at: null }]), word);
}

/** Whether the last word of that name on a kernel command line says exactly this. */
export function givesExactly(cmdline: string, word: string): boolean {
  return isGivenExactly(placedWords([{ text: cmdline, at: null }]), word);
}
