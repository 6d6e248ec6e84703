// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Disks, espOf } from '../boot/disks.ts';
import { type GrubRoot, grubConfig, kernelsIn } from '../boot/grub-config.ts';
import { readGrubMenu } from '../boot/grub-menu.ts';
import { grubSettings } from '../boot/grub-settings.ts';
import { ESP_LIST } from '../boot/kernel-selection.ts';
import { rootOf } from '../boot/loader.ts';
import { NoSpace } from '../host/program-files.ts';
import type { Machine, Program, ProgramAnswer } from '../machine.ts';
import { UnknownCall } from './table.ts';

interface Environment {
  readonly [name: string]: string;
}

const CONFIG = '/boot/grub/grub.cfg';

/** `update-grub`: grub-mkconfig into `/boot/grub/grub.cfg`. Where proxmox-boot-tool is used its refresh runs first. */
export function updateGrub(disks: Disks): Program {
  return async (machine, argv, _options, environment = {}) => {
    if (argv.length !== 1) throw new UnknownCall(argv);
    return await configure(machine, disks, CONFIG, environment);
  };
}

/** The settings are read first; then the header runs the refresh, unless it is the tool itself that calls. */
async function configure(machine: Machine, disks: Disks, path: string, environment: Environment): Promise<ProgramAnswer> {
  const isOutside = machine.tree.get(ESP_LIST) !== undefined && environment.PVE_EFIBOOT_UNSHARED === undefined;
  if (!isOutside || 'failure' in grubSettings(machine.tree)) return makeConfig(machine, disks, path);
  // What /etc/grub.d/000_proxmox_boot_header does; the output of refresh is thrown away, its messages are not.
  const warning =
    "W: This system is booted via proxmox-boot-tool:\nW: Executing 'update-grub' directly does not update the correct configs!\n" +
    "W: Running: 'proxmox-boot-tool refresh'\n\n";
  const refreshed = await machine.run(['proxmox-boot-tool', 'refresh']);
  const stderr = warning + refreshed.stderr;
  // grub-mkconfig stops when one of its scripts fails, and then leaves grub.cfg as it was.
  if (refreshed.exitCode !== 0) return { exitCode: refreshed.exitCode, stdout: '', stderr };
  const made = makeConfig(machine, disks, path);
  return { ...made, stderr: stderr + made.stderr };
}

/** `grub-mkconfig -o FILE`. */
export function grubMkconfig(disks: Disks): Program {
  return async (machine, argv, _options, environment = {}) => {
    const [, option, path] = argv;
    if (argv.length !== 3 || option !== '-o' || path?.startsWith('/') !== true) throw new UnknownCall(argv);
    return await configure(machine, disks, path, environment);
  };
}

/**
 * What `grub-mkconfig -o FILE` does: the new text goes into FILE.new, is checked, and is then copied over FILE in place, so a
 * power cut can leave a part of it (grub util/grub-mkconfig.in, equal in 2.06 and 2.12).
 */
export function makeConfig(machine: Machine, disks: Disks, path: string): ProgramAnswer {
  const files = machine.programFiles('update-grub');
  let stderr = 'Generating grub configuration file ...\n';
  const settings = grubSettings(machine.tree);
  if ('failure' in settings) return { exitCode: 1, stdout: '', stderr: `/usr/sbin/grub-mkconfig: ${settings.failure}\n` };
  const text = grubConfig(machine.tree, settings, grubRoot(machine, disks));
  for (const release of kernelsIn(machine.tree, '/boot').reverse()) {
    stderr += `Found linux image: /boot/vmlinuz-${release}\n`;
    const initrd = `/boot/initrd.img-${release}`;
    if (machine.tree.get(initrd) !== undefined) stderr += `Found initrd image: ${initrd}\n`;
  }
  try {
    files.remove(`${path}.new`);
    files.write(`${path}.new`, text, 0o444);
    if (readGrubMenu(text) === undefined && text.includes('menuentry'))
      return { exitCode: 1, stdout: '', stderr: `${stderr}Syntax errors are detected in generated GRUB config file.\n` };
    files.write(path, text, 0o444);
    files.remove(`${path}.new`);
  } catch (error) {
    if (!(error instanceof NoSpace)) throw error;
    return { exitCode: 1, stdout: '', stderr: `${stderr}cat: ${error.message}\n` };
  }
  return { exitCode: 0, stdout: '', stderr: `${stderr}done\n` };
}

/** The UUID of the root file system on LVM, and the number of the pool on ZFS. */
const ROOT_UUID = 'c5d3f9a2-5b0e-4d0c-9a57-2f0d3e6b8a11';
const POOL_GUID = '5d2f0c4b7a916e83';

function grubRoot(machine: Machine, disks: Disks): GrubRoot {
  const device = rootOf(machine.profile.cmdline) ?? '/dev/mapper/pve-root';
  const zfs = device.startsWith('ZFS=');
  const boot = espOf(disks, '/boot') !== undefined ? '' : zfs ? '/ROOT/pve-1@/boot' : '/boot';
  return { device, id: zfs ? POOL_GUID : ROOT_UUID, boot };
}
