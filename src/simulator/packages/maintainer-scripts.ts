// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { builtKernels, dkmsPostinst } from './dkms/dkms-postinst.ts';
import { addedModules, isActive } from './dkms/dkms-tree.ts';
import { isInstalled } from './dpkg-status.ts';
import { packageFiles, postinstOf } from './installed-files.ts';
import type { Output } from './output.ts';

const KERNEL = /^proxmox-kernel-([0-9].*-pve)(-signed)?$/;
const HEADERS = /^proxmox-headers-([0-9].*-pve)$/;

/** The release of a kernel package by its name, or undefined. */
export function releaseOfKernel(name: string): string | undefined {
  return KERNEL.exec(name)?.[1];
}

/** The release of a header package by its name, or undefined. */
export function releaseOfHeaders(name: string): string | undefined {
  return HEADERS.exec(name)?.[1];
}

/** Runs the postinst of a package with `configure`; its exit code. */
export async function runPostinst(machine: Machine, output: Output, name: string): Promise<number> {
  const kernel = releaseOfKernel(name);
  if (kernel !== undefined) return await kernelPostinst(machine, output, name, kernel);
  const headers = releaseOfHeaders(name);
  if (headers !== undefined) return await headerPostinst(machine, output, name, headers);
  const source = packageFiles(machine.tree, name).find((path) => /^\/usr\/src\/[^/]+\/dkms\.conf$/.test(path));
  if (source === undefined) return 0;
  const built = await dkmsPostinst(machine, output, source.replace(/\/dkms\.conf$/, ''));
  // https://github.com/strongtz/i915-sriov-dkms, debian/postinst: no `set -e`, and the exit code is that of its last command.
  if (built !== 0 && postinstOf(machine.tree, name) === 'stops') return built;
  for (const release of builtKernels(machine.tree)) output.take(await machine.run(['depmod', '-a', release]));
  return output.take(await machine.run(['update-initramfs', '-u', '-k', 'all']));
}

/** What a kernel package's postinst runs, in this order; it stops at the first that fails (run-parts --exit-on-error). */
async function kernelPostinst(machine: Machine, output: Output, name: string, release: string): Promise<number> {
  const folder = '/etc/kernel/postinst.d';
  const image = `/boot/vmlinuz-${release}`;
  output.say(`Examining ${folder}.`);
  const hooks: (readonly [string, () => Promise<number>])[] = [];
  if (isInstalled(machine.tree, 'dkms')) hooks.push(['dkms', async () => await dkmsHook(machine, output, release)]);
  const initramfs = ['env', 'INITRAMFS_TOOLS_KERNEL_HOOK=1', 'update-initramfs', '-c', '-k', release];
  hooks.push(['initramfs-tools', async () => output.take(await machine.run(initramfs))]);
  hooks.push(...loaderHooks(machine, output));
  for (const [hook, run] of hooks) {
    output.say(`run-parts: executing ${folder}/${hook} ${release} ${image}`);
    const code = await run();
    if (code === 0) continue;
    output.complain(`run-parts: ${folder}/${hook} exited with return code ${code}`);
    output.complain(`Failed to process ${folder} at /var/lib/dpkg/info/${name}.postinst line 20.`);
    return 2;
  }
  return 0;
}

/** The hooks that make the boot loader know the kernels. proxmox-boot-tool's comes first and update-grub's is always there. */
function loaderHooks(machine: Machine, output: Output): readonly (readonly [string, () => Promise<number>])[] {
  const call = (argv: readonly string[]) => async () => output.take(await machine.run(argv));
  const tool = machine.profile.loader.startsWith('pbt-');
  const hooks: (readonly [string, () => Promise<number>])[] = [];
  if (tool) hooks.push(['zz-proxmox-boot', call(['proxmox-boot-tool', 'refresh'])]);
  if (machine.profile.loader === 'systemd-boot') hooks.push(['zz-systemd-boot', call(['kernel-install', 'add-all'])]);
  if (machine.profile.loader === 'grub') hooks.push(['zz-update-grub', call(['update-grub'])]);
  return hooks;
}

async function headerPostinst(machine: Machine, output: Output, name: string, release: string): Promise<number> {
  const folder = '/etc/kernel/header_postinst.d';
  if (!isInstalled(machine.tree, 'dkms') || machine.tree.get(`/boot/vmlinuz-${release}`) === undefined) return 0;
  output.say(`Examining ${folder}.`, `run-parts: executing ${folder}/dkms ${release} /boot/vmlinuz-${release}`);
  const code = await dkmsHook(machine, output, release);
  if (code === 0) return 0;
  output.complain(`run-parts: ${folder}/dkms exited with return code ${code}`);
  output.complain(`Failed to process ${folder} at /var/lib/dpkg/info/${name}.postinst line 11.`);
  return 2;
}

async function dkmsHook(machine: Machine, output: Output, release: string): Promise<number> {
  if (machine.tree.names(`/lib/modules/${release}/build/include`) === undefined) {
    output.say(
      `Automatic installation of modules for kernel ${release} was skipped since the kernel headers for this kernel do not seem to be installed.`,
    );
    return 0;
  }
  return output.take(await machine.run(['dkms', 'autoinstall', '-k', release]));
}

/** Runs the prerm of a package with `remove`: DKMS lets go of sources, and of the modules of a kernel. */
export async function runPrerm(machine: Machine, output: Output, name: string): Promise<void> {
  const kernel = releaseOfKernel(name);
  if (kernel !== undefined) {
    for (const module of addedModules(machine.tree)) {
      if (!isActive(machine.tree, module, kernel)) continue;
      output.complain(`dkms: removing: ${module.name} ${module.version} (${kernel}) (x86_64)`);
      output.take(await machine.run(['dkms', 'remove', '-m', module.name, '-v', module.version, '-k', kernel]));
    }
    return;
  }
  const conf = packageFiles(machine.tree, name).find((path) => /^\/usr\/src\/[^/]+\/dkms\.conf$/.test(path));
  const [, module = '', version = ''] = /^\/usr\/src\/(.*)-([^-/]+)\/dkms\.conf$/.exec(conf ?? '') ?? [];
  if (addedModules(machine.tree).some((added) => added.name === module && added.version === version))
    output.take(await machine.run(['dkms', 'remove', '-m', module, '-v', version, '--all']));
}

/** Runs the postrm of a kernel package: its initramfs goes, and the loader forgets it. */
export async function runPostrm(machine: Machine, output: Output, name: string): Promise<void> {
  const kernel = releaseOfKernel(name);
  if (kernel === undefined) return;
  output.say('Examining /etc/kernel/postrm.d.', `update-initramfs: Deleting /boot/initrd.img-${kernel}`);
  machine.tree.remove(`/boot/initrd.img-${kernel}`);
  if (machine.profile.loader === 'systemd-boot') output.take(await machine.run(['kernel-install', 'remove', kernel]));
  else for (const [, run] of loaderHooks(machine, output)) await run();
}
