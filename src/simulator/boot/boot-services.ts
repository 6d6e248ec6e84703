// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { makeConfig } from '../programs/update-grub.ts';
import { startGuestsAtBoot } from '../pve/stop-vm.ts';
import type { Disks } from './disks.ts';
import { ESP_LIST, firstLine, NEXT_BOOT_PIN, PINNED_KERNEL } from './kernel-selection.ts';
import { refreshEsps, setGrubDefault } from './refresh-esps.ts';

/** When systemd runs units that somebody enabled: those ordered before pve-guests.service, and all others. */
export type BootPhase = 'before-guests' | 'after-guests';

/** Runs enabled units; the part of the simulator that knows units sets it. */
export type UnitRunner = (machine: Machine, phase: BootPhase) => Promise<void>;

/**
 * What systemd starts on a node that came up: enabled units, proxmox-boot-cleanup.service, and the guests with `onboot` once the
 * node has quorum (pve-guests.service waits for it).
 */
export async function startBootServices(
  machine: Machine,
  disks: Disks,
  runUnits: UnitRunner | undefined,
  startGuests: boolean,
): Promise<void> {
  await runUnits?.(machine, 'before-guests');
  forgetNextBootPin(machine, disks);
  if (startGuests && machine.quorate) await startGuestsAtBoot(machine);
  await runUnits?.(machine, 'after-guests');
}

/** `proxmox-boot-tool kernel unpin --next-boot` and `refresh`: a pin for one boot goes once that boot came up, not before. */
function forgetNextBootPin(machine: Machine, disks: Disks): void {
  if (machine.tree.get(NEXT_BOOT_PIN) === undefined) return;
  const files = machine.programFiles('proxmox-boot-tool');
  files.remove(NEXT_BOOT_PIN);
  if (machine.tree.get(ESP_LIST) === undefined) {
    setGrubDefault(files, firstLine(machine.tree, PINNED_KERNEL));
    makeConfig(machine, disks, '/boot/grub/grub.cfg');
  }
  refreshEsps(machine, disks);
}
