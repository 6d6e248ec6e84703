// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingId } from '../finding.ts';

/**
 * What a known line is: `cause`, something that went wrong by itself; `effect`, only what followed from a cause; `harmless`, it worries people
 * and is no error of the set-up.
 */
export type TextWeight = 'cause' | 'effect' | 'harmless';

/** A text that a kernel, QEMU, Proxmox VE or a tool prints, and what it means. */
export interface TextRule {
  /** Stable and unique, for example `pve.no-device-info`. */
  readonly id: string;
  /** Matched against one line. `$1` in the sentences stands for its first group. */
  readonly pattern: RegExp;
  readonly weight: TextWeight;
  /** What it means, one or two sentences. */
  readonly text: string;
  /** What to do. */
  readonly hint?: string;
  /** The finding of doctor that looks for the same cause. */
  readonly finding?: FindingId;
  /** Where the text stands or is described in public. */
  readonly source: string;
  /** What it means in the kernel log of a guest that has a slice, where that differs. */
  readonly inGuest?: { readonly text: string; readonly hint: string };
}

const STRONGTZ = 'https://github.com/strongtz/i915-sriov-dkms/issues/';
const GVT_LINUX = 'https://github.com/intel/gvt-linux/issues/';
const KERNEL = 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/';
const PVE = 'https://git.proxmox.com/?p=';
const QEMU = 'https://gitlab.com/qemu-project/qemu/-/blob/master/';

/** An issue of i915-sriov-dkms. */
export function strongtz(issue: number): string {
  return `${STRONGTZ}${issue}`;
}

/** An issue of Intel's GVT-g kernel. */
export function gvtLinux(issue: number): string {
  return `${GVT_LINUX}${issue}`;
}

/** A file of the Linux kernel. */
export function kernelFile(path: string): string {
  return `${KERNEL}${path}`;
}

/** A file of Proxmox VE: repository and path. */
export function pveFile(repository: string, path: string): string {
  return `${PVE}${repository}.git;a=blob;f=${path}`;
}

/** A file of QEMU. */
export function qemuFile(path: string): string {
  return `${QEMU}${path}`;
}
