// SPDX-License-Identifier: AGPL-3.0-or-later
import { ACPI_COMMANDS } from './acpi-commands.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { GPU } from './common-options.ts';
import { DOCTOR_COMMANDS } from './doctor-commands.ts';
import { DRIVER_COMMANDS } from './driver-commands.ts';
import { EXPORT_COMMANDS } from './export-commands.ts';
import { GUEST_COMMANDS } from './guest-commands.ts';
import { KERNEL_COMMANDS } from './kernel-commands.ts';
import { MDEV_COMMANDS } from './mdev-commands.ts';
import { MDEV_OPTIONS } from './mdev-options.ts';
import { OPTIMUS_OPTIONS } from './optimus-options.ts';
import { ROM_COMMANDS } from './rom-commands.ts';
import { RUN_COMMANDS } from './run-commands.ts';
import { SETUP_COMMANDS } from './setup-commands.ts';
import { SHARE_OPTIONS } from './share-options.ts';
import { UI_COMMANDS } from './ui-commands.ts';
import { VF_COMMANDS } from './vf-commands.ts';
import { WHOLE_GPU_OPTIONS } from './whole-gpu-options.ts';

const POOL: OptionSpec = {
  flags: '--pool <name>',
  description: 'the pool (PVE resource mapping), default igpu-vf, for gvt-g igpu-mdev',
  complete: 'pool',
};
const VMID = { name: 'vmid', description: 'the guest', complete: 'vmid' } as const;

/** Every command, in the order of the help. A new command is one line here and one file in `commands/`. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'status',
    summary: 'what this node does with its GPUs now',
    details: 'Node, GPU, driver, mode, slices, who holds what, and what waits for a reboot. Reads files only.',
    prints: true,
    examples: [
      { line: 'pveigpu status', does: 'the whole node at a glance' },
      { line: 'pveigpu status --json', does: 'the same as a value, see docs/json.md' },
    ],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'verdict',
    summary: 'what each GPU can do on this machine, and why',
    details: 'For each mode yes, no or unknown with the reason, and the mode and driver that we would choose.',
    options: [GPU, { flags: '--evidence', description: 'show what each reason rests on' }],
    prints: true,
    examples: [
      { line: 'pveigpu verdict', does: 'judge this machine' },
      { line: 'pveigpu verdict --evidence', does: 'with the files, log lines and sources behind each reason' },
      { line: 'pveigpu verdict --host capture:box.capture', does: "judge somebody else's machine from a capture" },
    ],
    load: () => import('./commands/verdict.ts'),
  },
  ...DOCTOR_COMMANDS,
  ...SETUP_COMMANDS,
  {
    name: 'assign',
    summary: 'give a guest a slice of the GPU',
    details:
      'Shows what would change in the guest, asks once, and lets Proxmox write it. By default a VF from the pool igpu-vf, so that PVE picks a free one at each start; --vf N pins one VF and sets our hookscript. Where the GPU offers mediated devices (GVT-g) instead, the largest that fits now. On a running guest the change waits for its next full stop and start. A container gets the render node of the GPU itself, for the group render as it is numbered inside; the same command mends it when node numbers have changed.',
    arguments: [VMID],
    options: [
      {
        flags: '--mode <mode>',
        description: 'auto, sriov, gvt-g, gvt-d or host (default: auto)',
        complete: ['auto', 'sriov', 'gvt-g', 'gvt-d', 'host'],
      },
      GPU,
      POOL,
      { flags: '--vf <n>', description: 'pin VF n (1 is the first) instead of using the pool' },
      { flags: '--hook', description: 'also set our hookscript, which prepares the VF at each start' },
      { flags: '--primary', description: "make it the guest's primary display (x-vga)" },
      { flags: '--rom <file>', description: 'option ROM, a file name in /usr/share/kvm' },
      ...MDEV_OPTIONS,
      ...WHOLE_GPU_OPTIONS,
      ...OPTIMUS_OPTIONS,
      ...SHARE_OPTIONS,
      { flags: '--force', description: 'go on in spite of what can be overridden' },
    ],
    writes: true,
    prints: true,
    examples: [
      { line: 'pveigpu assign 101', does: 'a VF from the pool for VM 101' },
      { line: 'pveigpu assign 101 --vf 3', does: 'always VF 3, prepared by the hookscript' },
      { line: 'pveigpu assign 101 --mode gvt-d', does: 'the whole GPU for VM 101, see pveigpu apply gvt-d' },
      { line: 'pveigpu assign 101 --gpu 01:00.0 --rom card.rom', does: 'the NVIDIA card of a laptop, with its ROM in ACPI' },
      { line: 'pveigpu assign 101 --type V5_4', does: 'a mediated device of that type (GVT-g)' },
      { line: 'pveigpu assign 200', does: 'the render node for container 200, for the group render inside it' },
      { line: 'pveigpu assign 101 --dry-run', does: 'only show what would change' },
    ],
    load: () => import('./commands/assign.ts'),
  },
  {
    name: 'unassign',
    summary: 'take the slice back and leave the guest as it was',
    arguments: [VMID],
    options: [{ flags: '--force', description: 'also take back what was assigned by hand' }],
    writes: true,
    prints: true,
    examples: [{ line: 'pveigpu unassign 101', does: 'VM 101 is as before' }],
    load: () => import('./commands/unassign.ts'),
  },
  {
    name: 'assignments',
    summary: 'which guest has which slice',
    prints: true,
    examples: [{ line: 'pveigpu assignments', does: 'all guests of this node with a slice, also those set up by hand' }],
    load: () => import('./commands/assignments.ts'),
  },
  GUEST_COMMANDS,
  ...EXPORT_COMMANDS,
  KERNEL_COMMANDS,
  DRIVER_COMMANDS,
  VF_COMMANDS,
  MDEV_COMMANDS,
  ROM_COMMANDS,
  ACPI_COMMANDS,
  {
    name: 'pool',
    summary: 'PVE resource mappings made of VFs',
    examples: [{ line: 'pveigpu pool sync', does: 'make the pool name exactly the VFs that exist' }],
    sub: [
      {
        name: 'list',
        summary: 'the pools and whether each entry is true',
        prints: true,
        examples: [{ line: 'pveigpu pool list', does: 'all pools' }],
        load: () => import('./commands/pool-list.ts'),
      },
      ...(['create', 'sync', 'remove'] as const).map(
        (verb): CommandSpec => ({
          name: verb,
          summary: {
            create: 'make the pool from the VFs that exist',
            sync: "make this node's entries true again; other nodes' stay",
            remove: 'remove the pool; refused while a guest uses it',
          }[verb],
          arguments: [{ name: 'name', description: 'the pool, default igpu-vf', optional: true, complete: 'pool' }],
          options: [GPU],
          writes: true,
          prints: true,
          examples: [{ line: `pveigpu pool ${verb}`, does: 'for the pool igpu-vf' }],
          load: async () => (await import('./commands/pool-change.ts')).poolCommand(verb),
        }),
      ),
    ],
  },
  ...RUN_COMMANDS,
  UI_COMMANDS,
  {
    name: 'selftest',
    summary: 'prove on this hardware that guests get VFs and give them back',
    details:
      'Makes a guest of 64 MiB without disk, network and system, assigns a VF, starts it, looks at the GPU, its VFs and the kernel log, stops and removes it, N times. Touches no guest that exists and cleans up after Ctrl-C too. Exit codes: 0 all rounds fine, 1 one was not, 6 SR-IOV does not work here now, 7 not all could be measured.',
    options: [
      { flags: '--rounds <n>', description: 'how many, default 3' },
      GPU,
      { flags: '--report <file>', description: 'write the report there, anonymised, to attach it', complete: 'file' },
      { flags: '--force', description: 'overwrite an existing file' },
    ],
    writes: true,
    prints: true,
    examples: [{ line: 'pveigpu selftest --rounds 10 --report selftest.txt', does: 'ten rounds, and a report to attach' }],
    load: () => import('./commands/selftest.ts'),
  },
  {
    name: 'capture',
    summary: 'this machine in one reviewable text file, anonymised',
    details: 'Holds raw texts and command outputs by an allow-list; no passwords, keys, notes, serials, MACs, names or UUIDs.',
    arguments: [{ name: 'file', description: 'where to write it; - for standard output', complete: 'file' }],
    options: [{ flags: '--force', description: 'overwrite an existing file' }],
    prints: true,
    examples: [
      { line: 'pveigpu capture box.capture', does: 'then: pveigpu verdict --host capture:box.capture' },
      { line: 'pveigpu capture - | less', does: 'read what it would hold, write nothing' },
    ],
    load: () => import('./commands/capture.ts'),
  },
  {
    name: 'demo',
    summary: 'the whole story on a simulated node',
    details:
      'Needs no Proxmox, no GPU and no root. Without --once it waits for Enter and ends in a shell on the simulated node, whose panel it serves on loopback meanwhile.',
    options: [
      { flags: '--profile <name>', description: 'the simulated machine', complete: 'profile' },
      { flags: '--profiles', description: 'list the machines' },
      { flags: '--once', description: 'tell the story without waiting, then end' },
      { flags: '--serve', description: 'only serve the panel, until Ctrl-C' },
      { flags: '--port <n>', description: 'of the panel, default any that is free', complete: 'none' },
    ],
    prints: true,
    examples: [
      { line: 'pveigpu demo', does: 'step by step on an i9-14900K' },
      { line: 'pveigpu demo --profile jasper-lake --once', does: 'a machine that cannot do SR-IOV' },
      { line: 'pveigpu demo --serve', does: 'the panel of a simulated node in your browser' },
    ],
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'completion',
    summary: 'shell completion for bash, zsh or fish',
    arguments: [{ name: 'shell', description: 'bash, zsh or fish', complete: ['bash', 'zsh', 'fish'] }],
    examples: [{ line: 'pveigpu completion bash > /etc/bash_completion.d/pveigpu', does: 'for all users' }],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'complete',
    summary: 'entry point for the shell: values of one kind, one a line',
    arguments: [{ name: 'kind', description: 'vmid, bdf, pool or profile' }],
    hidden: true,
    examples: [{ line: 'pveigpu complete vmid', does: 'what the completion scripts call' }],
    load: () => import('./commands/complete.ts'),
  },
  {
    name: 'hook',
    summary: 'entry point for PVE: one phase of one guest',
    arguments: [
      { name: 'vmid', description: 'the guest' },
      { name: 'phase', description: 'pre-start, post-start, pre-stop or post-stop' },
    ],
    hidden: true,
    prints: true,
    examples: [{ line: 'pveigpu hook 101 pre-start', does: 'what the hookscript does' }],
    load: () => import('./commands/hook.ts'),
  },
  {
    name: 'boot',
    summary: 'entry point for systemd: make the VFs that are desired of this node',
    options: [
      { flags: '--pools', description: "make this node's entries of the pools true, once there is quorum" },
      { flags: '--unit', description: 'print the unit that calls this' },
      { flags: '--rule', description: 'print the udev rule that starts the unit again' },
    ],
    hidden: true,
    examples: [{ line: 'pveigpu boot', does: 'what pveigpu-boot.service does' }],
    load: () => import('./commands/boot.ts'),
  },
  {
    name: 'package',
    summary: 'entry point for the scripts of the Debian package',
    arguments: [{ name: 'step', description: 'configure, kernels or remove' }],
    options: [{ flags: '--force', description: 'go on in spite of a run that is at work or was broken off' }],
    hidden: true,
    examples: [{ line: 'pveigpu package remove', does: 'what happens before the package is removed' }],
    load: () => import('./commands/package.ts'),
  },
];
