// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Profile, ProfileDevice } from '../../../src/simulator/profile.ts';
import type { Simulated } from '../../app/simulated.ts';
import { profileOf } from './doctor-state.ts';

/** Somebody adds lines to a VM's configuration. */
export function addLine(vmid: number, ...lines: readonly string[]): (node: Simulated) => void {
  return (node) => node.writeConfig(vmid, `${node.config(vmid)}${lines.map((line) => `${line}\n`).join('')}`);
}

/** The kernel says something. */
export function logs(...lines: readonly string[]): (node: Simulated) => void {
  return (node) => lines.forEach((line) => void node.node.machine.kernel.log(line));
}

/** One after another. */
export function all(...changes: readonly ((node: Simulated) => void | Promise<void>)[]): (node: Simulated) => Promise<void> {
  return async (node) => {
    for (const change of changes) await change(node);
  };
}

/** The machine of that name with its GPU at 00:02.0 changed. */
export function withGpu(name: string, change: (gpu: ProfileDevice) => ProfileDevice): Profile {
  const profile = profileOf(name);
  return { ...profile, devices: profile.devices.map((one) => (one.bdf === '0000:00:02.0' ? change(one) : one)) };
}
