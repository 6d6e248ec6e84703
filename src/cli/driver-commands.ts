// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';
import { GPU } from './common-options.ts';

/** `pveigpu driver`. */
export const DRIVER_COMMANDS: CommandSpec = {
  name: 'driver',
  summary: 'the driver with SR-IOV: what there is, what is built, what runs',
  examples: [{ line: 'pveigpu driver list', does: 'drivers for each GPU and kernel' }],
  sub: [
    {
      name: 'list',
      summary: 'the drivers that each GPU can have on each kernel, and what is built',
      prints: true,
      examples: [{ line: 'pveigpu driver list', does: 'GPUs by kernels, and everything in DKMS' }],
      load: () => import('./commands/driver-list.ts'),
    },
    {
      name: 'install',
      summary: 'build the driver that fits a kernel, from a file on this node',
      details:
        'Takes the release of i915-sriov-dkms for the kernel from --driver-from, from /var/lib/pveigpu/drivers or from the current folder. Nothing is downloaded: where the file is missing, its address is said. A file whose hash nobody has accepted is refused until it is given with --sha256. With Secure Boot the key is prepared, and one step at the console is described. Where the kernel has its own driver, nothing is done.',
      options: [
        GPU,
        {
          flags: '--driver <name>',
          description: 'xe, i915-dkms or xe-dkms (default: the best for the kernel)',
          complete: ['xe', 'i915-dkms', 'xe-dkms'],
        },
        { flags: '--kernel <release>', description: 'build for this kernel instead of the running one' },
        { flags: '--driver-from <path>', description: 'a .deb, a .tar.gz or a folder with dkms.conf', complete: 'file' },
        { flags: '--sha256 <hash>', description: 'accept the file with this hash' },
        { flags: '--patch <file>', description: 'apply this patch before each build', complete: 'file' },
        { flags: '--force', description: 'go on in spite of what can be overridden' },
      ],
      writes: true,
      prints: true,
      examples: [
        { line: 'pveigpu driver install', does: 'what the running kernel needs' },
        { line: 'pveigpu driver install --driver-from i915-sriov-dkms-2026.05.06.tar.gz', does: 'from the archive of a release' },
      ],
      load: () => import('./commands/driver-install.ts'),
    },
    {
      name: 'remove',
      summary: 'take away every driver that pveigpu installed',
      writes: true,
      prints: true,
      examples: [{ line: 'pveigpu driver remove', does: "back to the kernel's own driver with the next boot" }],
      load: () => import('./commands/driver-remove.ts'),
    },
    {
      name: 'check',
      summary: 'whether the right driver runs, why a build failed, and what the next kernel brings',
      options: [
        { flags: '--after-dpkg', description: 'for the apt hook: speak only of new kernels, once each, and tell root by mail' },
      ],
      prints: true,
      examples: [{ line: 'pveigpu driver check', does: 'after a reboot or an upgrade' }],
      load: () => import('./commands/driver-check.ts'),
    },
    {
      name: 'repair',
      summary: 'configure packages that a failed build left half-way',
      writes: true,
      prints: true,
      examples: [{ line: 'pveigpu driver repair', does: 'dpkg is usable again' }],
      load: () => import('./commands/driver-repair.ts'),
    },
  ],
};
