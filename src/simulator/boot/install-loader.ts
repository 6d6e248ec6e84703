// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import type { Profile } from '../profile.ts';
import { makeConfig } from '../programs/update-grub.ts';
import type { Disks, Esp } from './disks.ts';
import { BOOT_ORDER, bootOption } from './efi-variables.ts';
import { grubEnvText } from './grub-env.ts';
import { kernelInstall } from './kernel-install.ts';
import { ESP_LIST } from './kernel-selection.ts';
import { LOADER_BINARY, rootOf } from './loader.ts';
import { refreshEsps } from './refresh-esps.ts';

/** Puts the loaders where the Proxmox installer puts them for this layout, with what they need of every kernel in `/boot`. */
export function installLoader(machine: Machine, disks: Disks): void {
  const { profile, tree } = machine;
  // The installer runs on the firmware that the machine will have.
  if (profile.efi) tree.setDirectory('/sys/firmware/efi');
  const tool = profile.loader.startsWith('pbt-');
  writeConfiguration(machine);
  if (tool) tree.setFile(ESP_LIST, disks.esps.map(({ uuid }) => `${uuid}\n`).join(''));
  tree.setFile('/boot/grub/grubenv', grubEnvText(new Map()));
  makeConfig(machine, disks, '/boot/grub/grub.cfg');
  // Where both are, systemd-boot came first: proxmox-boot-tool never turns a partition with GRUB into one with systemd-boot.
  for (const kind of ['systemd-boot', 'grub'] as const) {
    if (!profile.loader.endsWith(kind) && profile.alsoLoader !== kind) continue;
    for (const esp of disks.esps) prepareEsp(esp, profile, kind);
    if (tool) refreshEsps(machine, disks);
  }
  if (profile.loader === 'systemd-boot') kernelInstall(machine, disks);
  if (profile.efi) setBootOptions(disks, profile);
}

/** The installer writes `/etc/kernel/cmdline` on ZFS also where GRUB boots, which does not read it (Proxmox/Install.pm). */
function writeConfiguration({ tree, profile }: Machine): void {
  const words = profile.cmdline.split(/\s+/);
  const base = words.filter((word) => /^(root=|boot=|ro$)/.test(word));
  const grubBoots = profile.loader.endsWith('grub');
  const own = grubBoots ? words.filter((word) => !base.includes(word)) : ['quiet'];
  tree.setFile('/etc/default/grub', GRUB_DEFAULTS.replace('@', own.join(' ')));
  tree.setDirectory('/etc/default/grub.d');
  const root = rootOf(profile.cmdline) ?? '';
  const zfs = root.startsWith('ZFS=');
  if (zfs) tree.setFile('/etc/default/grub.d/zfs.cfg', `GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX root=${root} boot=zfs"\n`);
  if (zfs || !grubBoots) tree.setFile('/etc/kernel/cmdline', `${grubBoots ? base.join(' ') : profile.cmdline}\n`);
  const hook = profile.loader === 'systemd-boot' ? 'systemd-boot' : 'proxmox-boot-sync';
  tree.setFile(`/etc/initramfs/post-update.d/${hook}`, '#! /bin/sh\n', { mode: 0o755 });
}

/** Debian's file with the values of the Proxmox installer (grub2 debian/default/grub). */
const GRUB_DEFAULTS = `# If you change this file, run 'update-grub' afterwards to update
# /boot/grub/grub.cfg.
# For full documentation of the options in this file, see:
#   info -f grub -n 'Simple configuration'

GRUB_DEFAULT=0
GRUB_TIMEOUT=5
GRUB_DISTRIBUTOR=\`( . /etc/os-release && echo \${NAME} )\`
GRUB_CMDLINE_LINUX_DEFAULT="@"
GRUB_CMDLINE_LINUX=""

# Uncomment to disable graphical terminal
#GRUB_TERMINAL=console

# Uncomment to get a beep at grub start
#GRUB_INIT_TUNE="480 440 1"
`;

function prepareEsp({ tree }: Esp, { loader, efi, secureBoot }: Profile, kind: 'grub' | 'systemd-boot'): void {
  const tool = loader.startsWith('pbt-');
  if (kind === 'systemd-boot') {
    tree.setFile(LOADER_BINARY['systemd-boot'], 'simulated systemd-boot\n');
    tree.setFile('/EFI/BOOT/BOOTX64.EFI', 'simulated systemd-boot\n');
    tree.setFile('/loader/loader.conf', tool ? 'timeout 3\ndefault proxmox-*\n' : 'timeout 3\n');
    tree.setDirectory('/loader/entries');
    if (tool) tree.setDirectory('/EFI/proxmox');
    return;
  }
  if (efi) tree.setFile(LOADER_BINARY.grub, 'simulated GRUB\n');
  if (efi && secureBoot === true) tree.setFile('/EFI/proxmox/shimx64.efi', 'simulated shim\n');
  if (tool) tree.setFile('/grub/grubenv', grubEnvText(new Map()));
}

function setBootOptions({ efiVariables }: Disks, profile: Profile): void {
  const grub = profile.secureBoot === true ? '\\EFI\\proxmox\\shimx64.efi' : '\\EFI\\proxmox\\grubx64.efi';
  const options: [string, string][] = [
    ['proxmox', grub],
    ['Linux Boot Manager', '\\EFI\\systemd\\systemd-bootx64.efi'],
  ];
  const first = profile.loader.endsWith('grub') ? 0 : 1;
  const wanted = [options[first], ...(profile.alsoLoader === undefined ? [] : [options[1 - first]])];
  wanted.forEach((option, at) => {
    if (option !== undefined) efiVariables.set(`Boot000${at + 1}-8be4df61-93ca-11d2-aa0d-00e098032b8c`, bootOption(...option));
  });
  efiVariables.set(BOOT_ORDER, Uint8Array.from(wanted.flatMap((_, at) => [at + 1, 0])));
}
