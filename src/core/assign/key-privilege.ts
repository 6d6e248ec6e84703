// SPDX-License-Identifier: AGPL-3.0-or-later

/** Keys of a VM that slices touch, by the privilege on `/vms/VMID` that PVE asks for (qemu-server API2/Qemu.pm, check_vm_modify_config_perm). */
const PRIVILEGES: readonly (readonly [RegExp, string])[] = [
  [/^(?:hostpci\d+|vga|machine|serial\d+)$/, 'VM.Config.HWType'],
  [/^cpu$/, 'VM.Config.CPU'],
  [/^(?:memory|balloon)$/, 'VM.Config.Memory'],
  [/^bios$/, 'VM.Config.Options'],
];

/** The privilege that a user other than root@pam needs to write a key; undefined for keys that are root's alone. */
export function keyPrivilege(key: string): string | undefined {
  return PRIVILEGES.find(([pattern]) => pattern.test(key))?.[1];
}
