// SPDX-License-Identifier: AGPL-3.0-or-later

const OTHER_USERS =
  'other users than root over HTTP: pveigpu calls qm, pct and pvesh as root, and leaves permissions to PVE itself';
const NOT_CALLED = 'a call that pveigpu does not make';
const LAB_EFI = "the recording machine had no folder for temporary EFI variables; PVE's own packages make it";

const OWN_POOLS =
  'the recording counted the instances of each mediated device type by itself; in a real kernel all types share one pool';
const LET_GO =
  'the recording let a VF or mediated device go under a running guest; a real kernel waits for the guest, and so does the simulated one';

/** Recorded scenarios (`name`) and steps (`name#step`) that are not replayed, with the reason. */
export const LEFT_OUT: { readonly [key: string]: string } = {
  'api-permissions-alice-mapping-use': OTHER_USERS,
  'api-permissions-root-token': OTHER_USERS,
  'auth-endpoints': 'tickets and tokens of the HTTP API: pveigpu does not log in anywhere',
  'create-with-passthrough#3': OTHER_USERS,
  'create-with-passthrough#4': OTHER_USERS,
  'create-with-passthrough#5': OTHER_USERS,
  'hardware-pci-adl#10': OTHER_USERS,
  'hardware-pci-adl#11': OTHER_USERS,
  'locked-vm#10': OTHER_USERS,
  'pct#24': OTHER_USERS,
  'pct#25': OTHER_USERS,
  'guest-killed#8': `${NOT_CALLED}: the list of tasks`,
  'hookscript-storage-content#5': `${NOT_CALLED}: pvesm list`,
  'hookscript-storage-content#6': `${NOT_CALLED}: pvesm path`,
  'migration-checks#0': `${NOT_CALLED}: preconditions of a migration`,
  'migration-checks#1': `${NOT_CALLED}: preconditions of a migration`,
  'migration-checks#2': `${NOT_CALLED}: preconditions of a migration`,
  'migration-checks#7': `${NOT_CALLED}: preconditions of a migration`,
  'migration-checks#8': `${NOT_CALLED}: preconditions of a migration`,
  'rich-config#15': `${NOT_CALLED}: pvesh ls`,
  'set-several-options#11': `${NOT_CALLED}: pvesh usage`,
  'set-vga-machine-bios-cpu#25': `${NOT_CALLED}: making a disk`,
  'mdev-start-stop#6': OWN_POOLS,
  'mdev-start-stop#9': LET_GO,
  'mdev-start-stop#13': OWN_POOLS,
  'mdev-start-stop#14': OWN_POOLS,
  'mdev-start-stop#15': OWN_POOLS,
  'pct#21': 'a file of LXC was missing on the recording machine',
  'vm-running-raw-pf#1': LET_GO,
  'vm-running-raw-pf#2': LET_GO,
  'hook-phases#14': 'a step of the recording itself that failed: a program was not installed',
  'legacy-igd-combos#24': LAB_EFI,
  'showcmd-ovmf-no-efidisk': LAB_EFI,
  'running-hotplug#20': 'the recording machine had no KVM, so a start with the CPU model "host" failed there',
};
