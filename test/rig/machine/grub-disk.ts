// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, rmSync } from 'node:fs';
import { execute } from '../build/execute.ts';
import { inRig } from '../build/workspace.ts';
import { QEMU_ENVIRONMENT, qemuProgram } from './qemu-program.ts';
import { VirtualMachine } from './virtual-machine.ts';

/** A new disk that keeps its changes apart from the one below it. */
export async function overlayDisk(name: string, below: 'base.img' | 'grub.qcow2'): Promise<string> {
  const path = inRig('run', `${name}.qcow2`);
  rmSync(path, { force: true });
  await createOverlay(path, below);
  return path;
}

/**
 * The disk that starts by itself: GRUB and an initramfs, installed by Debian's own programs in a machine that was started
 * directly. Built on first use, about a minute on an idle host; kept until the image changes.
 */
export async function grubDisk(): Promise<void> {
  const path = inRig('grub.qcow2');
  if (existsSync(path)) return;
  const unfinished = inRig('run', 'grub-new.qcow2');
  rmSync(unfinished, { force: true });
  await createOverlay(unfinished, 'base.img');
  const machine = await VirtualMachine.start({ mode: 'fast', udev: true, disk: unfinished });
  try {
    const install =
      'udevadm trigger; udevadm settle; grub-install --target=i386-pc /dev/vda && update-initramfs -u -k all && update-grub';
    await machine.must(`{ ${install}; } 2>&1`, { timeoutMs: 900_000 });
  } finally {
    await machine.powerDown();
  }
  await execute(['mv', unfinished, path]);
}

async function createOverlay(path: string, below: 'base.img' | 'grub.qcow2'): Promise<void> {
  const format = below === 'base.img' ? 'raw' : 'qcow2';
  const argv = ['create', '-q', '-f', 'qcow2', '-b', inRig(below), '-F', format, path];
  await execute([...qemuProgram('qemu-img'), ...argv], { env: QEMU_ENVIRONMENT() });
}
