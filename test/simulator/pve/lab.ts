// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HookRunner, Machine } from '../../../src/simulator/machine.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';
import { MACHINES } from './transcript-machines.ts';

/** The Alder Lake-S machine with seven VFs, a pool of them called `igpu`, and these VMs. */
export function lab(vms: { readonly [vmid: string]: string }, hookRunner?: HookRunner): SimulatedNode {
  const profile = MACHINES.adl;
  if (profile === undefined) throw new Error('no machine');
  const node = createSimulatedNode({ ...profile, vms }, hookRunner === undefined ? {} : { hookRunner });
  const { machine } = node;
  const answer = machine.kernel.write('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '7');
  if (answer !== 'ok') throw new Error(answer);
  const maps = Array.from(
    { length: 7 },
    (_, at) => `\tmap id=8086:4680,iommugroup=${20 + at},node=pve,path=0000:00:02.${at + 1},subsystem-id=1043:8694\n`,
  );
  machine.tree.setFile('/etc/pve/mapping/pci.cfg', `igpu\n${maps.join('')}\n`);
  machine.tree.setFile('/var/lib/vz/snippets/hook.sh', '#!/bin/sh\n', { mode: 0o755 });
  return node;
}

/** A VM's file with these lines beside a name. */
export function vm(...lines: string[]): string {
  return `name: t\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** Runs a program and expects it to end with 0. */
export async function ok(machine: Machine, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.run(argv);
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return stdout;
}

/** What PVE's reservation file says: device to VMID. */
export function reservations(machine: Machine): { [bdf: string]: string } {
  const text = machine.tree.text('/run/qemu-server/pci-id-reservations') ?? '';
  return Object.fromEntries(
    text.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ').slice(0, 2) as [string, string]])),
  );
}
