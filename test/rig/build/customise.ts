// SPDX-License-Identifier: AGPL-3.0-or-later
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execute } from './execute.ts';
import { DRIVER_OPTIONS, GUEST_FILES, MASKED_UNITS } from './guest-files.ts';
import { guestRelease } from './root-tree.ts';
import { inRig, RIG_SOURCE } from './workspace.ts';

/** Turns the plain Debian tree into the rig's machine. Every step may be repeated. */
export async function customise(log: string): Promise<void> {
  for (const [path, text] of Object.entries({ ...GUEST_FILES, '/etc/modprobe.d/i915-rig.conf': DRIVER_OPTIONS }))
    write(path, text);
  for (const unit of MASKED_UNITS) {
    rmSync(inRig('root/etc/systemd/system', unit), { force: true });
    symlinkSync('/dev/null', inRig('root/etc/systemd/system', unit));
  }
  mkdirSync(inRig('root/mnt/share'), { recursive: true });
  const shadow = readFileSync(inRig('root/etc/shadow'), 'utf8');
  writeFileSync(inRig('root/etc/shadow'), shadow.replace(/^root:[^:]*:/m, 'root::'));
  cpSync(join(RIG_SOURCE, 'guest/fast-init'), inRig('root/usr/sbin/rig-init'));
  chmodSync(inRig('root/usr/sbin/rig-init'), 0o755);
  await installModules(log);
  await compileHold(log);
}

/**
 * The stand-ins lie where the real modules lie: the kernel's own in its tree, those of i915-sriov-dkms in `updates/dkms`,
 * which depmod prefers.
 */
async function installModules(log: string): Promise<void> {
  const modules = inRig('root/lib/modules', guestRelease());
  const own = join(modules, 'kernel/drivers/gpu/drm');
  for (const [folder, name] of [
    ['i915', 'i915'],
    ['i915', 'kvmgt'],
    ['xe', 'xe'],
  ] as const) {
    rmSync(join(own, folder, `${name}.ko.xz`), { force: true });
    cpSync(inRig('kmod', name === 'i915' ? 'stock' : 'dkms', `${name}.ko`), join(own, folder, `${name}.ko`));
  }
  rmSync(join(modules, 'updates'), { recursive: true, force: true });
  mkdirSync(join(modules, 'updates/dkms'), { recursive: true });
  for (const name of ['i915', 'kvmgt', 'xe'])
    cpSync(inRig('kmod/dkms', `${name}.ko`), join(modules, 'updates/dkms', `${name}.ko`));
  mkdirSync(join(modules, 'updates/rig'), { recursive: true });
  cpSync(inRig('kmod/rigpci/rigpci.ko'), join(modules, 'updates/rig/rigpci.ko'));
  await execute(['chroot', inRig('root'), 'depmod', '-a', guestRelease()], { log });
}

async function compileHold(log: string): Promise<void> {
  const source = inRig('root/tmp/vfio_hold.c');
  cpSync(join(RIG_SOURCE, 'guest/vfio_hold.c'), source);
  await execute(['chroot', inRig('root'), 'sh', '-c', 'gcc -O1 -static -o /usr/local/bin/vfio_hold /tmp/vfio_hold.c'], { log });
  rmSync(source);
}

function write(path: string, text: string): void {
  const target = inRig('root', path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
