// SPDX-License-Identifier: AGPL-3.0-or-later
import { inRig } from '../build/workspace.ts';

/**
 * The guest's own QEMU, run on the host without installing it: its dynamic loader, its libraries, its data. The host's QEMU
 * may be missing, or too old for igb (8.0).
 */
export function qemuProgram(name: 'qemu-system-x86_64' | 'qemu-img'): readonly [string, ...string[]] {
  const libraries = inRig('root/usr/lib/x86_64-linux-gnu');
  const path = [libraries, `${libraries}/pulseaudio`, `${libraries}/qemu`].join(':');
  const loader = inRig('root/usr/lib64/ld-linux-x86-64.so.2');
  const data = ['qemu', 'seabios'].flatMap((folder) => ['-L', inRig('root/usr/share', folder)]);
  const start = [loader, '--inhibit-cache', '--library-path', path, inRig('root/usr/bin', name)] as const;
  return name === 'qemu-img' ? [...start] : [...start, ...data];
}

/** Environment that keeps QEMU from loading modules of the host's version. */
export const QEMU_ENVIRONMENT = (): { readonly [name: string]: string } => ({
  QEMU_MODULE_DIR: inRig('root/usr/lib/x86_64-linux-gnu/qemu'),
});
