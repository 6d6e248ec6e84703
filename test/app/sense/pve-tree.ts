// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileTree } from '../../../src/core/files/file-tree.ts';

/** The files of a small cluster: this node `pvelab` with guests 101, 102 and 200, the node `other` with guest 300. */
export function pveTree(files: { readonly [path: string]: string } = {}): FileTree {
  const tree = new FileTree();
  tree.setLink('/etc/pve/local', 'nodes/pvelab');
  tree.setFile(
    '/etc/pve/nodes/pvelab/qemu-server/101.conf',
    'hookscript: local:snippets/pveigpu-hook\nhostpci0: mapping=igpu-vf\nname: t101\n',
  );
  tree.setFile('/etc/pve/nodes/pvelab/qemu-server/102.conf', 'hookscript: nas:snippets/gone.sh\n');
  tree.setFile(
    '/etc/pve/nodes/pvelab/lxc/200.conf',
    'dev0: /dev/dri/renderD128,gid=104\nhookscript: local:snippets/pveigpu-hook\n',
  );
  tree.setFile('/etc/pve/nodes/other/qemu-server/300.conf', 'hookscript: local:snippets/theirs.sh\n');
  tree.setFile('/etc/pve/nodes/pvelab/qemu-server/README', 'no guest');
  tree.setFile('/run/qemu-server/101.pid', '4242\n');
  tree.setFile('/run/qemu-server/102.pid', '77\n');
  tree.setFile('/proc/4242/cmdline', '/usr/bin/kvm\0-id\x00101\0-name\0t101\0');
  tree.setFile('/proc/77/cmdline', '/usr/bin/vim\0-id\x00102\0');
  tree.setFile('/proc/net/unix', '0000000000000000: 00000002 00000000 00010000 0001 01 12345 @/var/lib/lxc/200/command\n');
  for (const [path, text] of Object.entries(files)) tree.setFile(path, text);
  return tree;
}
