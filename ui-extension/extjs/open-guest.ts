// SPDX-License-Identifier: AGPL-3.0-or-later

interface Tree extends ExtComponent {
  readonly selectById?: (id: string) => void;
}

/** Goes to a guest in PVE's tree, whose nodes are called `qemu/101` and `lxc/105` (pve-manager, www/manager6/tree/ResourceTree.js). */
export function openGuest(vmid: number): void {
  const [tree] = Ext.ComponentQuery.query('pveResourceTree') as readonly Tree[];
  for (const kind of ['qemu', 'lxc']) tree?.selectById?.(`${kind}/${vmid}`);
}
