// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';
import { GPU } from './common-options.ts';

/** `pveigpu vf`. */
export const VF_COMMANDS: CommandSpec = {
  name: 'vf',
  summary: 'virtual functions by hand',
  examples: [{ line: 'pveigpu vf list', does: 'PF and VFs with driver, group and holder' }],
  sub: [
    {
      name: 'list',
      summary: 'PF and VFs with driver, override, IOMMU group and holder',
      options: [GPU],
      prints: true,
      examples: [{ line: 'pveigpu vf list', does: 'all of them' }],
      load: () => import('./commands/vf-list.ts'),
    },
    {
      name: 'create',
      summary: 'make VFs now and keep the host driver off them (until the next boot)',
      arguments: [{ name: 'count', description: 'how many, default: all', optional: true }],
      options: [GPU],
      writes: true,
      prints: true,
      examples: [{ line: 'pveigpu vf create 7', does: 'seven VFs, bound to vfio-pci' }],
      load: () => import('./commands/vf-create.ts'),
    },
    {
      name: 'remove',
      summary: 'remove all VFs of a GPU; refused while one is in use',
      options: [GPU, { flags: '--for-now', description: 'they come back at the next boot, or when a hand-over of the GPU ends' }],
      writes: true,
      prints: true,
      examples: [{ line: 'pveigpu vf remove', does: 'back to no VFs' }],
      load: () => import('./commands/vf-remove.ts'),
    },
    {
      name: 'profile',
      summary: 'how the firmware shares the engines among VFs: show, or set',
      details:
        'Without settings it shows what the driver offers. A setting holds for all VFs unless --vf names one; --vf 0 is the GPU itself. It may change while guests run, and is set again when the VFs are made at boot. 0 is without limit, which is how VFs begin: then the firmware shares fairly.',
      options: [
        GPU,
        { flags: '--vf <n>', description: 'only VF n; 0 is the GPU itself' },
        { flags: '--exec-quantum <ms>', description: 'how long one function may run before the next' },
        { flags: '--preempt-timeout <us>', description: 'how long it may take to let go then' },
        { flags: '--priority <word>', description: 'low, normal or high', complete: ['low', 'normal', 'high'] },
      ],
      writes: true,
      prints: true,
      examples: [
        { line: 'pveigpu vf profile', does: 'what holds now' },
        { line: 'pveigpu vf profile --exec-quantum 20 --preempt-timeout 5000', does: 'no VF keeps the others waiting for long' },
        { line: 'pveigpu vf profile --vf 0 --priority high', does: 'the host goes first' },
      ],
      load: () => import('./commands/vf-profile.ts'),
    },
  ],
};
