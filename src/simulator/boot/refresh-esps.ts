// SPDX-License-Identifier: AGPL-3.0-or-later
import { NoSpace, type ProgramFiles } from '../host/program-files.ts';
import type { Machine } from '../machine.ts';
import { makeConfig } from '../programs/update-grub.ts';
import { type Disks, type Esp, mountEsp, unmount } from './disks.ts';
import { bootKernels, ESP_LIST, firstLine, GRUB_PIN_SNIPPET, NEXT_BOOT_PIN, PINNED_KERNEL } from './kernel-selection.ts';

/** How the hook ended: its messages, and whether it gave up. */
export interface RefreshAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const CMDLINE = '/etc/kernel/cmdline';

/**
 * `/etc/kernel/postinst.d/zz-proxmox-boot` of proxmox-kernel-helper: copies the selected kernels onto each partition in place and
 * writes the loader's configuration there. It stops at the first thing that fails (`set -e`).
 */
export function refreshEsps(machine: Machine, disks: Disks): RefreshAnswer {
  const files = machine.programFiles('proxmox-boot-tool');
  const { tree } = machine;
  let stderr = '';
  const warn = (line: string) => {
    stderr += `${line}\n`;
  };
  if (tree.get(ESP_LIST) === undefined) warn(`No ${ESP_LIST} found, skipping ESP sync.`);
  else {
    let cmdline = firstLine(tree, CMDLINE);
    if (tree.get(CMDLINE) === undefined) {
      warn(`No ${CMDLINE} found - falling back to /proc/cmdline`);
      cmdline = (tree.text('/proc/cmdline') ?? '').replace(/\binitrd=[0-9a-zA-Z\\/.-]*\s*/g, '').trim();
    } else if (!cmdline.includes('root=')) {
      warn(`No root= parameter in ${CMDLINE} found!`);
      return { exitCode: 1, stdout: '', stderr };
    }
    const seen = { grub: false };
    const releases = bootKernels(tree, tree.text('/proc/sys/kernel/osrelease')?.trim() ?? '');
    for (const uuid of (tree.text(ESP_LIST) ?? '').split('\n').filter((line) => line !== '')) {
      const answer = refreshOne({ machine, disks, files, cmdline, releases, seen, warn }, uuid);
      if (answer !== 0) return { exitCode: answer, stdout: '', stderr };
    }
  }
  return { exitCode: 0, stdout: '', stderr };
}

interface Refresh {
  readonly machine: Machine;
  readonly disks: Disks;
  readonly files: ProgramFiles;
  readonly cmdline: string;
  readonly releases: readonly string[];
  /** The script remembers that it met GRUB, and takes every later partition for one with GRUB too. */
  readonly seen: { grub: boolean };
  readonly warn: (line: string) => void;
}

function refreshOne(refresh: Refresh, uuid: string): number {
  const { disks, warn } = refresh;
  const path = `/dev/disk/by-uuid/${uuid}`;
  if (!/[0-9a-fA-F]{4}-[0-9a-fA-F]{4}/.test(uuid)) {
    warn(`WARN: ${uuid} read from ${ESP_LIST} does not look like a VFAT-UUID - skipping`);
    return 0;
  }
  const esp = disks.esps.find((one) => one.uuid === uuid);
  if (esp === undefined) {
    warn(`WARN: ${path} does not exist - clean '${ESP_LIST}'! - skipping`);
    return 0;
  }
  const at = `/var/tmp/espmounts/${uuid}`;
  mountEsp(disks, esp, at);
  try {
    return fill(refresh, esp, at, path);
  } catch (error) {
    if (!(error instanceof NoSpace)) throw error;
    warn(`cp: ${error.message}`);
    return 1;
  } finally {
    // The script runs in a mount namespace of its own, so nothing stays mounted, whatever happens to it.
    unmount(disks, at);
    disks.root.remove(at);
  }
}

function fill(refresh: Refresh, esp: Esp, at: string, path: string): number {
  const { machine, warn, files, seen } = refresh;
  const { tree } = machine;
  const efi = tree.get('/sys/firmware/efi') !== undefined;
  if (tree.get(`${at}/EFI/proxmox/grubx64.efi`) !== undefined) seen.grub = true;
  const systemd = efi && !seen.grub;
  if (systemd && tree.get(`${at}/loader/loader.conf`) === undefined) {
    warn(`${path} contains no loader.conf - skipping`);
    return 0;
  }
  if (systemd && tree.get(`${at}/EFI/proxmox`) === undefined) {
    warn(`${path}/EFI/proxmox does not exist- skipping`);
    return 0;
  }
  if (!systemd && tree.get(`${at}/grub`) === undefined) {
    warn(`${path} contains no grub directory - skipping`);
    return 0;
  }
  warn(`Copying and configuring kernels on ${path}`);
  copyKernels(refresh, at, systemd);
  const nextBoot = firstLine(tree, NEXT_BOOT_PIN);
  const pinned = tree.get(NEXT_BOOT_PIN) === undefined ? firstLine(tree, PINNED_KERNEL) : nextBoot;
  if (systemd) setSystemdDefault(files, `${at}/loader/loader.conf`, pinned);
  else setGrubDefault(files, pinned);
  removeOldKernels(refresh, at, systemd);
  return systemd ? 0 : grubOnEsp(refresh, esp);
}

function copyKernels({ machine, files, releases, cmdline, warn }: Refresh, at: string, systemd: boolean): void {
  for (const release of releases) {
    const [kernel, initrd] = [machine.tree.text(`/boot/vmlinuz-${release}`), machine.tree.text(`/boot/initrd.img-${release}`)];
    if (kernel === undefined) warn(`No linux-image /boot/vmlinuz-${release} found - skipping`);
    else if (initrd === undefined) warn(`No initrd-image /boot/initrd.img-${release} found - skipping`);
    else {
      const folder = systemd ? `/EFI/proxmox/${release}` : '';
      warn(systemd ? `\tCopying kernel and creating boot-entry for ${release}` : `\tCopying kernel ${release}`);
      // `cp` writes over the old copy; it copies always, also what has not changed.
      files.write(`${at}${folder}/vmlinuz-${release}`, kernel);
      files.write(`${at}${folder}/initrd.img-${release}`, initrd);
      if (systemd) files.write(`${at}/loader/entries/proxmox-${release}.conf`, loaderEntry(release, cmdline));
    }
  }
}

/** An entry of systemd-boot as proxmox-boot-tool writes it. */
export function loaderEntry(release: string, cmdline: string): string {
  return (
    `title    Proxmox Virtual Environment\nversion  ${release}\noptions  ${cmdline}\n` +
    `linux    /EFI/proxmox/${release}/vmlinuz-${release}\ninitrd   /EFI/proxmox/${release}/initrd.img-${release}\n`
  );
}

/** `sed -i` on loader.conf, which makes a new file and renames it. */
function setSystemdDefault(files: ProgramFiles, path: string, pinned: string): void {
  const entry = pinned === '' ? 'proxmox-*' : `proxmox-${pinned}.conf`;
  const text = files.tree.text(path) ?? '';
  const changed = /^default /m.test(text) ? text.replace(/^default .*$/gm, `default ${entry}`) : `${text}default ${entry}\n`;
  files.write(`${path}.sed`, changed);
  files.rename(`${path}.sed`, path);
}

/** Writes or removes the snippet that names the pinned kernel's entry; its id comes from the grub.cfg of the root file system. */
export function setGrubDefault(files: ProgramFiles, pinned: string): void {
  if (pinned === '') {
    files.remove(GRUB_PIN_SNIPPET);
    return;
  }
  const config = files.tree.text('/boot/grub/grub.cfg') ?? '';
  const ids = [...config.matchAll(/.*gnulinux-advanced-(.+)['] \{$/gm)].map((match) => match[1]);
  const id = ids.join('\n');
  files.write(GRUB_PIN_SNIPPET, `GRUB_DEFAULT="gnulinux-advanced-${id}>gnulinux-${pinned}-advanced-${id}"\n`);
}

function removeOldKernels({ machine, files, releases, warn }: Refresh, at: string, systemd: boolean): void {
  const folder = systemd ? `${at}/EFI/proxmox` : at;
  const found = (machine.tree.names(folder) ?? []).filter((name) => systemd || name.startsWith('vmlinuz-'));
  for (const name of found) {
    const release = systemd ? name : name.slice('vmlinuz-'.length);
    // The script looks with `grep -q`: a release stays also when it is only a part of a selected one.
    if (releases.some((kept) => kept.includes(release))) continue;
    if (systemd && machine.tree.get(`${folder}/${name}`)?.kind !== 'directory') {
      warn(`\t${folder}/${name} is not a directory - skipping`);
      continue;
    }
    warn(`\tRemoving old version ${release}`);
    if (systemd) {
      files.remove(`${folder}/${release}`);
      files.remove(`${at}/loader/entries/proxmox-${release}.conf`);
    } else {
      files.remove(`${at}/vmlinuz-${release}`);
      files.remove(`${at}/initrd.img-${release}`);
    }
  }
}

/** The partition is bound over /boot, so that update-grub finds the kernels and writes grub.cfg there. */
function grubOnEsp({ machine, disks, warn }: Refresh, esp: Esp): number {
  mountEsp(disks, esp, '/boot');
  try {
    const answer = makeConfig(machine, disks, '/boot/grub/grub.cfg');
    warn(answer.stderr.trimEnd());
    return answer.exitCode;
  } finally {
    unmount(disks, '/boot');
  }
}
