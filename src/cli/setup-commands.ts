// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec, OptionSpec } from './command.ts';
import { GPU, KERNEL_FILES } from './common-options.ts';

const MODES = ['auto', 'host', 'sriov', 'gvt-g', 'gvt-d'] as const;
const MODE = { name: 'mode', description: `what the node does with the GPU: ${MODES.join(', ')}`, complete: MODES } as const;
const WISH: readonly OptionSpec[] = [
  GPU,
  { flags: '--vfs <n>', description: 'how many VFs (default: as many as the GPU has)' },
  {
    flags: '--driver <name>',
    description: 'who gives SR-IOV (default: what fits best)',
    complete: ['xe', 'i915-dkms', 'xe-dkms'],
  },
  { flags: '--kernel <release>', description: 'the kernel that shall run, a release or a series' },
  KERNEL_FILES,
  { flags: '--pin', description: 'make that kernel the one that always boots' },
  { flags: '--driver-from <path>', description: 'the DKMS driver: a .deb, a .tar.gz or a folder', complete: 'file' },
  { flags: '--sha256 <hash>', description: 'accept the file of the driver with this hash' },
  { flags: '--patch <file>', description: 'apply this patch before each build of the driver', complete: 'file' },
  { flags: '--defer-reboot', description: 'change nothing that runs now; all of it comes with the next boot' },
  { flags: '--trial', description: 'try it for one boot, by a loader entry of its own; nothing else is changed' },
  { flags: '--force', description: 'switch off lines that break the mode; they come back when the mode is taken back' },
];

/** Host set-up: what the node does with its GPUs. */
export const SETUP_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'plan',
    summary: 'show what apply would change, and change nothing',
    details:
      'Every file as a diff, every program that would run, and what guests lose. Without a mode: what is missing of what was asked for before. Exit code 3 when something differs.',
    arguments: [{ ...MODE, optional: true }],
    options: WISH,
    prints: true,
    examples: [
      { line: 'pveigpu plan sriov', does: 'what apply sriov would do here' },
      { line: 'pveigpu plan', does: 'whether the node still is as it was set up' },
    ],
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'apply',
    summary: 'set the node up for a mode; host gives everything back',
    details:
      'Shows the plan, asks once, and does it in a unit of systemd, so that a closed terminal does not end it. auto is the mode that verdict recommends. What you set up yourself is left alone. Exit code 4: done, and takes effect with the next boot.',
    arguments: [MODE],
    options: WISH,
    writes: true,
    prints: true,
    examples: [
      { line: 'pveigpu apply sriov', does: 'VFs at every boot, with the driver that fits' },
      { line: 'pveigpu apply gvt-d', does: 'the whole GPU for one guest' },
      { line: 'pveigpu apply host', does: 'everything as it was before pveigpu' },
    ],
    load: () => import('./commands/apply.ts'),
  },
  {
    name: 'assert',
    summary: 'check that the node is as it was set up',
    details:
      'Compares driver, options, VFs and files with what was asked for, without a change. Exit code 0 when all is as it should be, 3 when something differs.',
    arguments: [{ ...MODE, optional: true, description: 'a mode to check for, default: what was asked for' }],
    options: [GPU],
    prints: true,
    examples: [{ line: 'pveigpu assert', does: 'a line for each thing that was looked at' }],
    load: () => import('./commands/assert.ts'),
  },
  {
    name: 'confirm',
    summary: 'after the reboot: look whether all came as set up, and close it',
    details:
      'Looks at the kernel, its command line, the driver and the VFs. When all is well, the initramfs of the other kernels is built again too, so that each of them boots the same way.',
    options: [{ flags: '--auto', description: 'as the unit does: wait for a healthy node, or go back' }],
    writes: true,
    prints: true,
    examples: [{ line: 'pveigpu confirm', does: 'once, after the reboot that apply asked for' }],
    load: () => import('./commands/confirm.ts'),
  },
  {
    name: 'adopt',
    summary: 'let pveigpu look after a node that was set up by hand',
    details:
      'Notes the mode that each GPU is in as the wanted one; files stay as they are. With --move, what makes the VFs at boot or hands the GPU to vfio-pci is replaced by ours; your lines are switched off and come back with apply host.',
    options: [GPU, { flags: '--move', description: 'replace your lines by ours' }],
    writes: true,
    prints: true,
    examples: [
      { line: 'pveigpu adopt', does: 'plan, assert and status know from then on what is wanted' },
      { line: 'pveigpu adopt --move', does: 'VFs come from pveigpu, not from /etc/sysfs.conf' },
    ],
    load: () => import('./commands/adopt.ts'),
  },
];
