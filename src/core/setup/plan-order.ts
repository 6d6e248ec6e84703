// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BootFacts } from '../facts/boot-facts.ts';
import type { Step } from '../plan/action.ts';
import type { Rebuild, SetupPart } from './setup-part.ts';
import type { Wanted } from './wanted.ts';

/** What the last steps of a set-up are made from. */
export interface Closing {
  readonly rebuilds: readonly Rebuild[];
  readonly boot: BootFacts | undefined;
  /** The kernel that will run. */
  readonly release: string;
  /** Other kernels whose initramfs is built at once, also when that of the kernel that will run stays. */
  readonly also?: readonly string[];
  /** Files that the initramfs must hold, without the first slash. */
  readonly holds: readonly string[];
}

const DAEMON_MS = 60_000;
/** It copies a kernel and an image for each installed kernel. */
const KERNEL_INSTALL_MS = 5 * 60_000;

/** Files with the units among them: disabled before their file goes, enabled after systemd has read it. */
export function withUnits(files: SetupPart, wanted: Wanted['units'], enabled: readonly string[]): SetupPart {
  const goes = enabled.filter((unit) => !wanted.some(({ name }) => name === unit));
  const comes = wanted.filter(({ name }) => !enabled.includes(name));
  const steps: Step[] = [
    ...goes.map((unit): Step => enable(unit, false, 'is not needed any more')),
    ...files.steps,
    ...(files.rebuilds.includes('units') ? [run(['systemctl', 'daemon-reload'], 'systemd reads its units again')] : []),
    ...comes.map(({ name, because }): Step => enable(name, true, because)),
    ...(files.rebuilds.includes('udev') ? [run(['udevadm', 'control', '--reload'], 'udev reads its rules again')] : []),
  ];
  return { ...files, steps };
}

/** Initramfs of the kernel that will run, then the loader; each once, after the last file that it reads. */
export function closingSteps({ rebuilds, boot, release, also = [], holds }: Closing): {
  readonly initramfs: readonly Step[];
  readonly loader: readonly Step[];
} {
  const builds = rebuilds.includes('initramfs') || also.length > 0;
  const tools = new Set<'update-grub' | 'proxmox-boot-tool'>();
  for (const { kind, tool } of boot?.loaders ?? []) {
    // Only proxmox-boot-tool copies the initramfs to where the loader reads it.
    if (tool && (builds || rebuilds.includes('boot'))) tools.add('proxmox-boot-tool');
    else if (kind === 'grub' && rebuilds.includes('boot')) tools.add('update-grub');
  }
  const initramfs: readonly Step[] = builds
    ? [...(rebuilds.includes('initramfs') ? [release] : []), ...also].map((kernel): Step => {
        const options = holds.length > 0 ? 'these options' : 'no option of ours';
        const args = { release: kernel, holds };
        return { action: 'updateInitramfs', args, reason: `drivers start from there, with ${options}` };
      })
    : [];
  const reason = 'the loader reads what was changed';
  const loader = [...tools].sort().map((tool): Step => ({ action: 'refreshBoot', args: { tool }, reason }));
  // Debian without Proxmox: the hooks that would do it are not run for us (INITRAMFS_TOOLS_KERNEL_HOOK), and do not look at the command line.
  const plain = (boot?.loaders ?? []).some(({ kind, tool }) => kind === 'systemd-boot' && !tool);
  const isStale = plain && (builds || rebuilds.includes('boot'));
  return { initramfs, loader: isStale ? [...loader, run(['kernel-install', 'add-all'], reason, KERNEL_INSTALL_MS)] : loader };
}

function enable(unit: string, enabled: boolean, reason: string): Step {
  return { action: 'enableUnit', args: { unit, enabled, before: !enabled }, reason };
}

function run(argv: readonly [string, ...string[]], reason: string, timeoutMs = DAEMON_MS): Step {
  return { action: 'run', args: { argv, undo: argv, timeoutMs }, reason };
}
