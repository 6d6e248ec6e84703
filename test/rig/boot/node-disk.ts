// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync } from 'node:fs';
import { execute } from '../build/execute.ts';
import { inRig } from '../build/workspace.ts';
import { qemuProgram } from '../machine/qemu-program.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';
import { commandFile, installProduct } from '../product/install-product.ts';
import { filesOf, unitsOf, type Way } from './ways.ts';

/** The disk of one machine, by its name. */
export function diskPath(name: string): string {
  return inRig('boot', `${name.replaceAll(/\W+/g, '-')}.qcow2`);
}

/** Makes the disk of a node that has the product as it ships, set up one way. */
export async function makeNodeDisk(way: Way): Promise<void> {
  mkdirSync(inRig('boot'), { recursive: true });
  commandFile();
  const disk = diskPath(way);
  await overlay(inRig('base.img'), 'raw', disk);
  const machine = await VirtualMachine.start({ mode: 'fast', disk, append: 'modprobe.blacklist=i915' });
  try {
    await installProduct(machine);
    await machine.must(`ln -sf /usr/lib/pveigpu/${commandFile()} /usr/bin/pveigpu`);
    for (const [path, text] of Object.entries(filesOf(way)))
      await machine.must(`mkdir -p $(dirname ${path}) && cat > ${path}`, { input: text });
    await machine.must(`systemctl enable ${unitsOf(way).join(' ')}`);
  } finally {
    await machine.powerDown();
  }
}

/** A fresh disk over that of a node, so that one boot says nothing to the next. */
export async function copyNodeDisk(way: Way, name: string): Promise<string> {
  await overlay(diskPath(way), 'qcow2', diskPath(name));
  return diskPath(name);
}

async function overlay(base: string, format: 'raw' | 'qcow2', disk: string): Promise<void> {
  await execute([...qemuProgram('qemu-img'), 'create', '-q', '-f', 'qcow2', '-b', base, '-F', format, disk]);
}
