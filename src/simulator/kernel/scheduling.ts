// SPDX-License-Identifier: AGPL-3.0-or-later
import { kstrtou } from './numbers.ts';
import type { KernelState, Outcome, SimDevice } from './state.ts';

const PRIORITIES = ['low', 'normal', 'high'];

/**
 * The scheduling attributes that xe shows on a PF from 6.19 on: one folder for the PF and one for each VF that there could be,
 * all without limit (kernel drivers/gpu/drm/xe/xe_sriov_pf_sysfs.c). Only the PF's own priority may be written.
 */
export function showAdmin(state: KernelState, device: SimDevice): void {
  const total = device.sriov?.hardwareTotal ?? 0;
  for (let number = 0; number <= total; number += 1) {
    const folder = `${device.path}/sriov_admin/${number === 0 ? 'pf' : `vf${number}`}/profile`;
    showNumbers(state, folder);
    state.tree.setFile(`${folder}/sched_priority`, list('low'), { mode: number === 0 ? 0o644 : 0o444 });
  }
}

/** The same of i915-sriov-dkms, below the card's node, per GT and without a priority (i915 gt/iov/intel_iov_sysfs.c). */
export function showPrelim(state: KernelState, device: SimDevice): void {
  const total = device.sriov?.hardwareTotal ?? 0;
  const folder = `${device.path}/drm/card${device.drm?.card}/prelim_iov`;
  for (let number = 0; number <= total; number += 1) showNumbers(state, `${folder}/${number === 0 ? 'pf' : `vf${number}`}/gt0`);
}

/** Takes the attributes of xe away; those of i915 go with the card. */
export function hideAdmin(state: KernelState, device: SimDevice): void {
  state.tree.remove(`${device.path}/sriov_admin`);
}

/** A write into one of them, or undefined for another attribute. */
export function writeScheduling(state: KernelState, path: string, value: string): Outcome | undefined {
  const [, name] = /\/(?:sriov_admin|prelim_iov)\/.*\/(exec_quantum_ms|preempt_timeout_us|sched_priority)$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  const word = value.trim();
  const number = kstrtou(value, 0xffff_ffff);
  if (name === 'sched_priority' ? !PRIORITIES.includes(word) : number === undefined) return 'EINVAL';
  state.tree.setFile(path, name === 'sched_priority' ? list(word) : `${number}\n`, { mode: 0o644 });
  return 'ok';
}

function showNumbers(state: KernelState, folder: string): void {
  for (const name of ['exec_quantum_ms', 'preempt_timeout_us']) state.tree.setFile(`${folder}/${name}`, '0\n', { mode: 0o644 });
}

function list(chosen: string): string {
  return `${PRIORITIES.map((word) => (word === chosen ? `[${word}]` : word)).join(' ')}\n`;
}
