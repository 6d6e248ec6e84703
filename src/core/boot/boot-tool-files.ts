// SPDX-License-Identifier: AGPL-3.0-or-later

/** The files with which proxmox-boot-tool remembers what was asked of it (proxmox-kernel-helper, src/proxmox-boot/functions). */
export const ESP_LIST = '/etc/kernel/proxmox-boot-uuids';
/** The pinned kernel, with EFI system partitions and without. */
export const PIN_FILE = '/etc/kernel/proxmox-boot-pin';
/** The kernel pinned for one boot; it goes before the other. */
export const NEXT_BOOT_PIN_FILE = '/etc/kernel/next-boot-pin';
/** Where GRUB is told of the pin. */
export const GRUB_PIN_SNIPPET = '/etc/default/grub.d/proxmox-kernel-pin.cfg';

/** The first line of such a file, which alone counts; null when it is empty. */
export function firstLine(text: string): string | null {
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return line === '' ? null : line;
}

/** The UUIDs in the list of EFI system partitions; the tool skips what is no UUID of a FAT file system. */
export function espUuids(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^[0-9a-fA-F]{4}-[0-9a-fA-F]{4}$/.test(line));
}

/** The releases under the two first headings of `proxmox-boot-tool kernel list`: what belongs on EFI system partitions. */
export function selectedKernels(listing: string): readonly string[] {
  const releases: string[] = [];
  let isSelected = false;
  for (const line of listing.split('\n')) {
    if (line.endsWith(':')) isSelected = /^(Manually|Automatically) selected kernels:$/.test(line);
    else if (isSelected && /^\d\S*$/.test(line)) releases.push(line);
  }
  return [...new Set(releases)];
}

/** A loader entry with other kernel parameters; the rest stays to the byte. */
export function withParameters(entry: string, cmdline: string): string {
  return entry.replace(/^options[ \t].*$/m, () => `options  ${cmdline}`);
}

/** A new entry of systemd-boot as `zz-proxmox-boot` writes it. */
export function loaderEntry(title: string, release: string, cmdline: string): string {
  const folder = `/EFI/proxmox/${release}`;
  return [
    `title    ${title}`,
    `version  ${release}`,
    `options  ${cmdline}`,
    `linux    ${folder}/vmlinuz-${release}`,
    `initrd   ${folder}/initrd.img-${release}`,
    '',
  ].join('\n');
}

/** `loader.conf` with the entry of a kernel as the default, or with null that of the newest kernel. */
export function withDefaultKernel(loaderConf: string, release: string | null): string {
  const line = `default proxmox-${release === null ? '*' : `${release}.conf`}`;
  if (/^default /m.test(loaderConf)) return loaderConf.replace(/^default .*$/gm, () => line);
  return `${loaderConf}${loaderConf === '' || loaderConf.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** The snippet that makes GRUB start a kernel, with the root device's id from a present grub.cfg; null when that names none. */
export function grubPinSnippet(grubCfg: string, release: string): string | null {
  const id = /gnulinux-advanced-(.+)['] \{$/m.exec(grubCfg)?.[1];
  return id === undefined ? null : `GRUB_DEFAULT="gnulinux-advanced-${id}>gnulinux-${release}-advanced-${id}"\n`;
}
