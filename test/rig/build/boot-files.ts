// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type CpioEntry, cpio } from './cpio.ts';
import { execute } from './execute.ts';
import { guestRelease } from './root-tree.ts';
import { inRig, RIG_SOURCE } from './workspace.ts';

/** Modules that the small initrd needs to reach its root. */
const ROOT_MODULES = ['virtio_blk', 'ext4'] as const;

/**
 * Takes the ELF kernel out of the packaged image, so that QEMU starts it directly (PVH) and the slow decompressor is saved.
 * Offsets from the boot protocol: setup sectors at 0x1f1, payload offset and length at 0x248
 * (kernel Documentation/arch/x86/boot.rst).
 */
export async function writeKernel(log: string): Promise<void> {
  const image = readFileSync(inRig('root/boot', `vmlinuz-${guestRelease()}`));
  const start = ((image[0x1f1] ?? 0) + 1) * 512 + image.readUInt32LE(0x248);
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c));
  const program = payload.readUInt32BE(0) === 0xfd377a58 ? ['xz', '-dc', '--single-stream'] : ['zstd', '-dcq'];
  // The payload ends with its unpacked length, which the decompressors call garbage (exit 1).
  const unpacked = await execute(['chroot', inRig('root'), ...program], { input: payload, fine: [1, 2] });
  if (unpacked.stdout.readUInt32BE(0) !== 0x7f454c46) throw new Error(`No ELF kernel in the packaged image, see ${log}.`);
  writeFileSync(inRig('vmlinux'), unpacked.stdout);
}

/** Writes the small initrd: busybox, the disk's modules, the rig's PCI module and `mini-init`. */
export async function writeInitrd(): Promise<void> {
  const modules = await rootModules();
  const program = (name: string, content: Buffer): CpioEntry => ({ name, mode: 0o100755, content });
  const folders = ['bin', 'proc', 'sys', 'dev', 'newroot', 'modules'].map((name) => ({ name, mode: 0o40755 }));
  const entries = [
    ...folders,
    program('bin/busybox', readFileSync(inRig('root/usr/bin/busybox'))),
    program('init', readFileSync(join(RIG_SOURCE, 'guest/mini-init'))),
    program('rigpci.ko', readFileSync(inRig('kmod/rigpci/rigpci.ko'))),
    program('modules/order', Buffer.from(`${modules.map(({ name }) => name).join('\n')}\n`)),
    ...modules.map(({ name, content }) => program(`modules/${name}`, content)),
  ];
  writeFileSync(inRig('initrd'), cpio(entries));
}

async function rootModules(): Promise<readonly { readonly name: string; readonly content: Buffer }[]> {
  const found = new Map<string, Buffer>();
  for (const module of ROOT_MODULES) {
    const shown = await execute(['chroot', inRig('root'), 'modprobe', '-S', guestRelease(), '--show-depends', module]);
    for (const line of shown.stdout.toString().split('\n')) {
      const [verb, path = ''] = line.trim().split(/\s+/);
      const name = basename(path).replace(/\.xz$/, '');
      if (verb !== 'insmod' || found.has(name)) continue;
      const reader = path.endsWith('.xz') ? 'xzcat' : 'cat';
      found.set(name, (await execute(['chroot', inRig('root'), reader, path])).stdout);
    }
  }
  return [...found].map(([name, content]) => ({ name, content }));
}
