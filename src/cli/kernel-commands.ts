// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';
import { KERNEL_FILES } from './common-options.ts';

/** `pveigpu kernel`. */
export const KERNEL_COMMANDS: CommandSpec = {
  name: 'kernel',
  summary: 'kernels, and what the GPU can do under each',
  examples: [{ line: 'pveigpu kernel list', does: 'which kernel can do which mode' }],
  sub: [
    {
      name: 'list',
      summary: 'kernels that are installed or could be, with a verdict for each mode',
      options: [{ flags: '--all', description: 'also older kernels that could be installed' }],
      prints: true,
      examples: [
        { line: 'pveigpu kernel list', does: 'installed ones, and the newest of each series that apt offers' },
        { line: 'pveigpu kernel list --json', does: 'the same as a value, with the reasons' },
      ],
      load: () => import('./commands/kernel-list.ts'),
    },
    {
      name: 'pin',
      summary: 'boot one kernel from now on, and install it where it is missing',
      details:
        'Refuses a kernel whose ZFS cannot import the pools that are in use, and says which feature it lacks. A pinned kernel gets no security fixes: take the pin away as soon as you can.',
      arguments: [{ name: 'kernel', description: 'a release such as 6.17.9-1-pve, or a series such as 6.17' }],
      options: [KERNEL_FILES, { flags: '--force', description: 'go on in spite of what can be overridden' }],
      writes: true,
      prints: true,
      examples: [
        { line: 'pveigpu kernel pin 6.17', does: 'the newest kernel of that series' },
        {
          line: 'pveigpu kernel pin 6.5.13-5-pve --deb ./proxmox-kernel-6.5.13-5-pve-signed_6.5.13-5_amd64.deb',
          does: 'a kernel from a package file',
        },
      ],
      load: () => import('./commands/kernel-pin.ts'),
    },
    {
      name: 'unpin',
      summary: 'let the loader choose the kernel again',
      writes: true,
      prints: true,
      examples: [{ line: 'pveigpu kernel unpin', does: 'the newest kernel boots' }],
      load: () => import('./commands/kernel-unpin.ts'),
    },
  ],
};
