// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import type { GuestKind } from '../../../src/core/facts/guest-facts.ts';

const LINES: { readonly [K in GuestKind]: readonly string[] } = {
  qemu: [
    'hostpci0: 0000:00:02.1',
    'hostpci1: mapping=igpu-vf,pcie=1',
    'hostpci2: nonsense',
    'args: -set device.hostpci0.x-igd-opregion=on -smbios type=1,serial=ABC123',
    "args: -name 'open",
    'memory: 4096',
    'memory: lots',
    'scsi0: local-lvm:vm-1-disk-0,size=32G',
    'scsi1: media=cdrom',
    'efidisk0: local-lvm:vm-1-disk-1,size=4M',
    'name: secret-name',
    'net0: virtio=BC:24:11:AA:BB:CC,bridge=vmbr0',
    'smbios1: uuid=5e0fae94-1111-2222-3333-444455556666',
    'tags: igpu;prod',
    'tags: ü',
    'vmstate: local-lvm:vm-1-state-a',
    'vga: virtio-gl',
    'vga: nope',
    'boot: ',
    'boot:',
    'hookscript: local:snippets/pveigpu-hook',
    'hookscript: nowhere',
    'serial0: /dev/serial/by-id/usb-SECRET',
    'delete: args,name,hostpci0',
    'delete: name',
    'parent: before',
    'lock: backup',
    'secretkey: 1',
    '[special:cloudinit]',
  ],
  lxc: [
    'dev0: /dev/dri/renderD128,gid=104',
    'dev1: path=/dev/disk/by-id/ata-SECRET',
    'hostname: secret-name',
    'features: nesting=1',
    'unprivileged: 1',
    'lxc.cgroup2.devices.allow: c 226:128 rwm',
    'lxc.mount.entry: /dev/dri dev/dri none bind,optional,create=dir',
    'lxc.mount.entry: /home/secret home none bind',
    'lxc.rootfs.path = /secret',
    'lxc.unknown: secret',
    'rootfs: local:200/vm-200-disk-0.raw,size=1G',
    'net0: name=eth0,hwaddr=BC:24:11:AA:BB:CC',
    'delete: dev0,hostname',
    'secretkey: secret',
    '[pve:pending]',
  ],
};

const COMMON = [
  '#a note with %3A and : in it',
  '# ',
  '',
  '  ',
  '[PENDING]',
  '[before]',
  '[x y]',
  'no colon here',
  'onboot: yes',
  'description: x',
];

/** Configuration texts, from plausible to absurd: known lines in any order, free lines, with and without a last line end. */
export function configText(kind: GuestKind): fc.Arbitrary<string> {
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...LINES[kind], ...COMMON) },
    { weight: 1, arbitrary: fc.string().map((text) => text.replace(/\n/g, '')) },
    { weight: 1, arbitrary: fc.constantFrom(...LINES[kind]).map((text) => `${text} \t\r`) },
  );
  return fc.tuple(fc.array(line, { maxLength: 20 }), fc.boolean()).map(([lines, end]) => `${lines.join('\n')}${end ? '\n' : ''}`);
}
