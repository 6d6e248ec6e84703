// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Disks } from '../boot/disks.ts';
import { kernelsIn } from '../boot/grub-config.ts';
import { buildInitramfs } from '../boot/initramfs.ts';
import { kernelInstall } from '../boot/kernel-install.ts';
import type { Machine, Program, ProgramAnswer } from '../machine.ts';
import { UnknownCall } from './table.ts';

/** Tells the hooks after a build that they are run for a kernel package, which takes care of the loader itself. */
export const KERNEL_HOOK = 'INITRAMFS_TOOLS_KERNEL_HOOK';

/**
 * `update-initramfs -u [-k RELEASE or all]` (`-c` for a kernel that has none yet, as its package calls it): a new image beside the old one, which is then renamed, so that there is always a whole
 * one; then the hooks of `/etc/initramfs/post-update.d` (initramfs-tools, update-initramfs).
 */
export function updateInitramfs(disks: Disks): Program {
  return async (machine, argv, _options, environment = {}) => {
    const [, update, option, wanted] = argv;
    if ((update !== '-u' && update !== '-c') || (argv.length !== 2 && (argv.length !== 4 || option !== '-k')))
      throw new UnknownCall(argv);
    if (update === '-u' && isHeld(machine))
      return { exitCode: 0, stdout: 'update-initramfs: Not updating initramfs.\n', stderr: '' };
    const withImage = kernelsIn(machine.tree, '/boot').filter(
      (name) => machine.tree.get(`/boot/initrd.img-${name}`) !== undefined,
    );
    const newest = withImage.reverse();
    const releases = wanted === 'all' ? newest : wanted === undefined ? newest.slice(0, 1) : [wanted];
    let [stdout, stderr] = ['', ''];
    for (const release of releases) {
      const built = await updateOne(machine, disks, release, environment[KERNEL_HOOK] === undefined);
      stdout += built.stdout;
      stderr += built.stderr;
      if (built.exitCode !== 0) return { exitCode: built.exitCode, stdout, stderr };
    }
    return { exitCode: 0, stdout, stderr };
  };
}

/** `update_initramfs=no`: the program says so and ends well (update-initramfs, `update`). */
function isHeld({ tree }: Machine): boolean {
  const text = tree.text('/etc/initramfs-tools/update-initramfs.conf') ?? '';
  return [...text.matchAll(/^[ \t]*update_initramfs=(\w*)/gm)].at(-1)?.[1] === 'no';
}

async function updateOne(machine: Machine, disks: Disks, release: string, runHooks: boolean): Promise<ProgramAnswer> {
  const image = `/boot/initrd.img-${release}`;
  const { tree } = machine;
  // The real program would build an image without modules for a kernel that is not there; nobody may come to that.
  if (tree.get(`/lib/modules/${release}`) === undefined)
    return { exitCode: 1, stdout: '', stderr: `update-initramfs: /lib/modules/${release} is missing\n` };
  const files = machine.programFiles('update-initramfs');
  const stdout = `update-initramfs: Generating ${image}\n`;
  // The old image keeps a second name meanwhile; without `backup_initramfs` it goes away at the end.
  if (tree.get(image) !== undefined) files.link(image, `${image}.dpkg-bak`);
  files.write(`${image}.new`, buildInitramfs(tree, release));
  files.rename(`${image}.new`, image);
  const hooks = runHooks ? await postUpdate(machine, disks) : { exitCode: 0, stdout: '', stderr: '' };
  if (hooks.exitCode !== 0) {
    const stderr = `${hooks.stderr}run-parts: /etc/initramfs/post-update.d//proxmox-boot-sync exited with return code ${hooks.exitCode}\n`;
    return { ...hooks, stdout: stdout + hooks.stdout, stderr };
  }
  files.remove(`${image}.dpkg-bak`);
  return { ...hooks, stdout: stdout + hooks.stdout };
}

/** The hooks after a build: a refresh, unless a kernel package makes one for all kernels itself; or Debian's for systemd-boot. */
async function postUpdate(machine: Machine, disks: Disks): Promise<ProgramAnswer> {
  const hooks = machine.tree.names('/etc/initramfs/post-update.d') ?? [];
  if (hooks.includes('systemd-boot')) kernelInstall(machine, disks);
  if (hooks.includes('proxmox-boot-sync')) return await machine.run(['proxmox-boot-tool', 'refresh']);
  return { exitCode: 0, stdout: '', stderr: '' };
}
