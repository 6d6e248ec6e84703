// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Profile } from '../profile.ts';
import { type Initramfs, readInitramfs } from './initramfs.ts';

/** The two file systems that a loader may read: the root and the EFI system partition, which is not mounted. */
export interface Disks {
  readonly root: FileTree;
  readonly esp: FileTree;
}

/** What the loader starts. */
export interface BootEntry {
  readonly release: string;
  /** What the kernel will show as `/proc/cmdline`. */
  readonly cmdline: string;
  readonly initramfs: Initramfs;
}

interface LoaderLayout {
  readonly disk: (disks: Disks) => FileTree;
  readonly configuration: string;
  readonly kernel: (release: string) => string;
  readonly initrd: (release: string) => string;
}

const LAYOUTS: { readonly [K in Profile['loader']]: LoaderLayout } = {
  grub: grub((disks) => disks.root, '/boot'),
  'pbt-grub': grub((disks) => disks.esp, ''),
  'systemd-boot': systemdBoot(),
  'pbt-systemd-boot': systemdBoot(),
};

function grub(disk: LoaderLayout['disk'], folder: string): LoaderLayout {
  return {
    disk,
    configuration: `${folder}/grub/grub.cfg`,
    kernel: (release) => `${folder}/vmlinuz-${release}`,
    initrd: (release) => `${folder}/initrd.img-${release}`,
  };
}

function systemdBoot(): LoaderLayout {
  return {
    disk: (disks) => disks.esp,
    configuration: '/loader/loader.conf',
    kernel: (release) => `/EFI/proxmox/${release}/vmlinuz-${release}`,
    initrd: (release) => `/EFI/proxmox/${release}/initrd.img-${release}`,
  };
}

/** Puts the loader's configuration and its copies of kernel and initramfs where the layout wants them. */
export function installLoader(disks: Disks, profile: Profile): void {
  const layout = LAYOUTS[profile.loader];
  const disk = layout.disk(disks);
  const release = profile.kernelRelease;
  copyKernel(disks, profile.loader, release);
  if (layout.configuration.endsWith('grub.cfg')) {
    disk.setFile(layout.configuration, grubText(layout, release, profile.cmdline), { mode: 0o400 });
    disks.root.setFile(
      '/etc/default/grub',
      `GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n`,
    );
  } else {
    disk.setFile(layout.configuration, `timeout 3\ndefault proxmox-${release}.conf\n`);
    disk.setFile(
      `/loader/entries/proxmox-${release}.conf`,
      `title    Proxmox Virtual Environment\nversion  ${release}\noptions  ${profile.cmdline}\n` +
        `linux    ${layout.kernel(release)}\ninitrd   ${layout.initrd(release)}\n`,
    );
    disks.root.setFile('/etc/kernel/cmdline', `${profile.cmdline}\n`);
  }
  if (profile.loader.startsWith('pbt-')) disks.root.setFile('/etc/kernel/proxmox-boot-uuids', '5A1E-0D3C\n');
}

/** Copies a kernel and its initramfs to the ESP when the loader reads them there, as `proxmox-boot-tool refresh` does. */
export function copyKernel(disks: Disks, loader: Profile['loader'], release: string): void {
  const layout = LAYOUTS[loader];
  if (loader === 'grub') return;
  disks.esp.setFile(layout.kernel(release), disks.root.text(`/boot/vmlinuz-${release}`) ?? '');
  disks.esp.setFile(layout.initrd(release), disks.root.text(`/boot/initrd.img-${release}`) ?? '');
}

/** What the active loader would start now, or the reason why it would not. */
export function bootEntry(disks: Disks, loader: Profile['loader']): BootEntry | { readonly reason: string } {
  const layout = LAYOUTS[loader];
  const disk = layout.disk(disks);
  const text = disk.text(layout.configuration);
  if (text === undefined) return { reason: `the loader finds no ${layout.configuration}` };
  const entry = layout.configuration.endsWith('grub.cfg') ? grubEntry(text) : systemdEntry(disk, text);
  if (entry === undefined) return { reason: `the loader cannot read ${layout.configuration}` };
  if (disk.text(entry.kernel) === undefined) return { reason: `the kernel ${entry.kernel} is missing` };
  if (disk.text(entry.initrd) === undefined) return { reason: `the initramfs ${entry.initrd} is missing` };
  const initramfs = readInitramfs(disk.text(entry.initrd));
  if (initramfs === undefined) return { reason: `the initramfs ${entry.initrd} is incomplete` };
  if (!/(^|\s)root=\S/.test(entry.cmdline)) return { reason: 'the kernel command line has no root=' };
  return { release: initramfs.release, cmdline: entry.cmdline, initramfs };
}

interface RawEntry {
  readonly kernel: string;
  readonly initrd: string;
  readonly cmdline: string;
}

function grubText(layout: LoaderLayout, release: string, cmdline: string): string {
  return (
    'set default="0"\nset timeout=5\n' +
    `menuentry 'Proxmox VE GNU/Linux' --class proxmox {\n\tlinux\t${layout.kernel(release)} ${cmdline}\n` +
    `\tinitrd\t${layout.initrd(release)}\n}\n`
  );
}

function grubEntry(text: string): RawEntry | undefined {
  const [, kernel, cmdline = ''] = /^\s*linux\s+(\S+)[ \t]*(.*)$/m.exec(text) ?? [];
  const [, initrd] = /^\s*initrd\s+(\S+)/m.exec(text) ?? [];
  if (kernel === undefined || initrd === undefined) return undefined;
  return { kernel, initrd, cmdline: `BOOT_IMAGE=${kernel} ${cmdline}` };
}

function systemdEntry(disk: FileTree, loaderConf: string): RawEntry | undefined {
  const name = /^default\s+(\S+)/m.exec(loaderConf)?.[1] ?? disk.names('/loader/entries')?.[0];
  const text = disk.text(`/loader/entries/${name}`) ?? '';
  const field = (key: string) => new RegExp(`^${key}\\s+(.*\\S)`, 'm').exec(text)?.[1];
  const [kernel, initrd, options] = [field('linux'), field('initrd'), field('options')];
  if (kernel === undefined || initrd === undefined || options === undefined) return undefined;
  return { kernel, initrd, cmdline: `initrd=${initrd.replaceAll('/', '\\')} ${options}` };
}
