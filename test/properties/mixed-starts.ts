// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import type { MixedNode } from './mixed-node.ts';

/** Why a guest may not start: PVE or QEMU says so, or our hook with its reason. */
export const MAY_NOT_START = new RegExp(
  [
    '(not|already) running',
    // Somebody else has the device, or it is not there.
    'is in use by VM|already in use by VMID|could not find a free device|has no available instances',
    "pci device '[^']*' not found|no PCI device found for|Device /dev/dri/\\S+ does not exist",
    // A device in `args`, which nobody binds.
    'error getting device from group|no such host device',
    // Somebody took the entry away to which words in `args` belong.
    'there is no device "hostpci0" defined',
    // What our hook says of a whole GPU.
    'whose \\d+ VFs exist|is in use on the host by',
  ].join('|'),
);

/** Our hook refused a start: either the guest takes a whole GPU that is in use, or PVE alone does not start it either. */
export async function checkRefusal(node: MixedNode, vmid: number, text: string): Promise<void> {
  const gpus = node.gpus();
  const whole = Object.entries(node.keys(vmid)).some(
    ([key, value]) => /^hostpci/.test(key) && gpus.some((gpu) => value.includes(gpu)),
  );
  if (whole) return void expect(text).toMatch(/VFs exist|is in use|could not be taken/);
  const config = node.file(vmid);
  node.machine.writeConfig(vmid, config.replace(/^hookscript: .*\n/m, ''));
  const { exitCode } = await node.machine.run('qm', 'start', String(vmid));
  expect(exitCode, `PVE alone starts VM ${vmid}, and our hook did not: ${text}`).not.toBe(0);
  node.machine.writeConfig(vmid, config);
}
