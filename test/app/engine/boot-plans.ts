// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan, Step } from '../../../src/core/plan/action.ts';
import { toBase64 } from '../../../src/core/plan/file-image.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { RAPTOR_LAKE_S } from '../../../src/simulator/profiles/twelfth-generation.ts';
import type { Simulated } from '../simulated.ts';

/** An older kernel beside the one that runs, so that there is something to pin. */
export const OTHER_KERNEL = '6.14.8-2-pve';

/** One machine for each way of starting Proxmox VE, with two kernels, and on EFI system partitions with two of them. */
export const LOADERS: readonly Profile[] = (
  [
    ['grub', true],
    ['grub', false],
    ['pbt-systemd-boot', true],
    ['pbt-grub', true],
    ['pbt-grub', false],
  ] as const
).map(([loader, efi]) => ({
  ...RAPTOR_LAKE_S,
  name: `${loader} on ${efi ? 'UEFI' : 'BIOS'}`,
  loader,
  efi,
  otherKernels: [OTHER_KERNEL],
  files: { '/etc/kernel/README': 'Every Proxmox VE node has this folder, from proxmox-kernel-helper.\n' },
  ...(loader.startsWith('pbt-') ? { esps: ['5AA1-0001', '5AA1-0002'] } : {}),
}));

function bytes(text: string): string {
  return toBase64(new TextEncoder().encode(text));
}

function write(path: string, text: string): Step {
  return { action: 'writeFile', args: { path, base64: bytes(text), mode: 0o644, before: { kind: 'absent' } }, reason: 'ours' };
}

/** The files that a set-up changes on a machine: module options, and a kernel parameter where its loader reads it. */
function fileSteps(machine: Simulated): readonly Step[] {
  const options = write('/etc/modprobe.d/pveigpu.conf', 'options i915 enable_guc=3\n');
  if (machine.node.machine.profile.loader !== 'pbt-systemd-boot')
    return [
      options,
      write(
        '/etc/default/grub.d/pveigpu.cfg',
        'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT initcall_blacklist=sysfb_init"\n',
      ),
    ];
  const path = '/etc/kernel/cmdline';
  const old = machine.node.machine.tree.text(path) ?? '';
  const before = { kind: 'file', base64: bytes(old), mode: 0o644, uid: 0, gid: 0 } as const;
  const word = 'initcall_blacklist=sysfb_init';
  const edit = { kind: 'kernel-parameters', format: 'kernel-cmdline', added: [word], removed: [] } as const;
  const base64 = bytes(old.replace(/[ \t]*$/m, ` ${word}`));
  return [options, { action: 'editFile', args: { path, base64, mode: 0o644, before, edit }, reason: 'no other way' }];
}

/** A set-up as the planner composes it, with or without another kernel to start. */
export function setUp(machine: Simulated, pin: string | null = null): Plan {
  const { kernelRelease, loader } = machine.node.machine.profile;
  const tool = loader.startsWith('pbt-') ? 'proxmox-boot-tool' : 'update-grub';
  const release = pin ?? kernelRelease;
  const pending = {
    format: 1,
    bootId: null,
    kernel: release,
    parameters: ['initcall_blacklist=sysfb_init'],
    rebuildLater: [],
  } as const;
  const pinned: Step[] =
    pin === null ? [] : [{ action: 'pinKernel', args: { release: pin, before: null }, reason: 'the one that fits' }];
  return {
    title: 'set up',
    steps: [
      ...fileSteps(machine),
      {
        action: 'updateInitramfs',
        args: { release, holds: ['etc/modprobe.d/pveigpu.conf'] },
        reason: 'the options hold early',
      },
      ...pinned,
      { action: 'refreshBoot', args: { tool }, reason: 'the loader has it' },
      { action: 'noteReboot', args: { pending, before: null }, reason: 'it takes effect then' },
    ],
    remarks: [],
  };
}
