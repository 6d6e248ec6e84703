// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { parseDevEntry } from '../../src/core/container/dev-entry.ts';
import { parsePoolConfig } from '../../src/core/guest/pool-config.ts';
import { typed } from '../cli/command-line.ts';
import { type MixedNode, VMS } from './mixed-node.ts';

/** What a VM holds: functions and mediated devices behind the VFIO groups that its QEMU has open. */
export function heldBy(node: MixedNode, vmid: number): readonly string[] {
  const { kernel, tree } = node.machine.node.machine;
  const qemu = kernel
    .processes()
    .find(({ argv, command }) => command === 'kvm' && argv[argv.indexOf('-id') + 1] === String(vmid));
  const groups = (qemu?.open ?? []).filter((path) => /^\/dev\/vfio\/\d+$/.test(path));
  return groups.flatMap((path) => {
    const members = tree.names(`/sys/kernel/iommu_groups/${path.split('/').at(-1)}/devices`) ?? [];
    expect(members, `${path} is still there under VM ${vmid}`).not.toEqual([]);
    return members;
  });
}

/** What of a machine must hold at any moment, whoever did what. `forced` GPUs were pulled from under somebody with `--force`. */
export function checkMachine(node: MixedNode, forced: ReadonlySet<string>): void {
  const held = VMS.map((vmid) => [vmid, heldBy(node, vmid)] as const);
  const all = held.flatMap(([, devices]) => devices);
  expect(new Set(all).size, `${all} held once each`).toBe(all.length);
  const reserved = node.machine.held().map((line) => line.split(' ')[0]);
  expect(new Set(reserved).size, `${reserved} reserved once each`).toBe(reserved.length);
  for (const [vmid, devices] of held)
    for (const device of devices) {
      if (!device.includes(':')) expect(node.mdevs(), `the mediated device of VM ${vmid}`).toContain(device);
      else expect(node.driver(device), `the driver of ${device} under VM ${vmid}`).toMatch(/vfio/);
      if (node.gpus().includes(device))
        expect(node.vfsOf(device), `VFs of ${device}, which VM ${vmid} has as a whole`).toEqual([]);
    }
  for (const ctid of node.ctids) if (node.isRunning(ctid)) checkNodes(node, ctid, forced);
  checkReferences(node);
}

/** A container that runs keeps the GPU on the host's driver. */
function checkNodes(node: MixedNode, ctid: number, forced: ReadonlySet<string>): void {
  const shared = Object.entries(node.keys(ctid)).flatMap(([key, value]) =>
    /^dev\d+$/.test(key) ? [parseDevEntry(value)?.path ?? ''] : [],
  );
  if (shared.length === 0) return;
  const gone = node.gpus().filter((gpu) => node.driver(gpu) === 'vfio-pci' && !forced.has(gpu));
  const { tree } = node.machine.node.machine;
  for (const path of shared)
    if (tree.get(path) === undefined) expect(gone, `${path} of the running container ${ctid} is gone`).toEqual([]);
}

/** What a guest names of ours is there: its pool and its hookscript. */
function checkReferences(node: MixedNode): void {
  const pools = parsePoolConfig(node.machine.mapping()).map(({ id }) => id);
  const { tree } = node.machine.node.machine;
  for (const vmid of VMS) {
    if (node.file(vmid) === '') continue;
    for (const [key, value] of Object.entries(node.keys(vmid, node.next(vmid)))) {
      const pool = /(?:^|,)mapping=([^,]+)/.exec(value)?.[1];
      if (pool !== undefined) expect(pools, `the pool of ${key} of VM ${vmid}`).toContain(pool);
      if (value.endsWith(':snippets/pveigpu-hook'))
        expect(tree.text('/var/lib/vz/snippets/pveigpu-hook'), `the hookscript of VM ${vmid}`).toBeDefined();
    }
  }
}

/** Commands that only look: they end in a known way whatever the machine is like. */
export async function checkLooking(node: MixedNode, lines: readonly string[] = ['status', 'verdict']): Promise<void> {
  for (const line of lines) expectKnownEnd(line, await typed(node.machine, line));
}

/** No command ends by a fault of ours. */
export function expectKnownEnd(line: string, { code, out, err }: { code: number; out: string; err: string }): void {
  if (err.includes('fault in pveigpu') || !Number.isInteger(code) || code < 0 || code > 7)
    throw new Error(`pveigpu ${line} ends with ${code}: ${out}${err}`);
}
