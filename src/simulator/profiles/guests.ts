// SPDX-License-Identifier: AGPL-3.0-or-later

/** A Linux server: q35 with OVMF. */
const SERVER = `#Home server, see the wiki
#
#Backups run at night.
agent: 1
balloon: 2048
bios: ovmf
boot: order=scsi0;ide2;net0
cores: 4
cpu: host
efidisk0: local-lvm:vm-100-disk-0,efitype=4m,pre-enrolled-keys=1,size=4M
ide2: none,media=cdrom
machine: q35
memory: 8192
meta: creation-qemu=10.1.2,ctime=1764000000
name: server
net0: virtio=BC:24:11:5E:10:01,bridge=vmbr0,firewall=1
numa: 0
onboot: 1
ostype: l26
scsi0: local-lvm:vm-100-disk-1,discard=on,iothread=1,size=64G
scsihw: virtio-scsi-single
smbios1: uuid=6f1c1d1e-3a52-4a0e-9d5b-0b7f5a1c9a01
sockets: 1
startup: order=1
tags: home
vmgenid: 0d1f4f0e-7a0c-4e6f-8a55-3a4b5c6d7e01
`;

/** A media server: q35 with SeaBIOS, transcoding wanted. */
const MEDIA = `#Media server, transcodes for the living room
agent: 1
boot: order=scsi0;net0
cores: 4
cpu: host
machine: q35
memory: 4096
meta: creation-qemu=10.1.2,ctime=1764000100
name: media
net0: virtio=BC:24:11:5E:10:02,bridge=vmbr0
numa: 0
onboot: 1
ostype: l26
scsi0: local-lvm:vm-101-disk-0,iothread=1,size=32G
scsihw: virtio-scsi-single
serial0: socket
smbios1: uuid=6f1c1d1e-3a52-4a0e-9d5b-0b7f5a1c9a02
sockets: 1
vga: serial0
vmgenid: 0d1f4f0e-7a0c-4e6f-8a55-3a4b5c6d7e02
`;

/** Windows 11 as PVE's wizard makes it. */
const WINDOWS = `agent: 1
bios: ovmf
boot: order=scsi0;ide2;net0
cores: 6
cpu: host
efidisk0: local-lvm:vm-102-disk-0,efitype=4m,pre-enrolled-keys=1,size=4M
ide2: none,media=cdrom
machine: pc-q35-10.1
memory: 8192
meta: creation-qemu=10.1.2,ctime=1764000200
name: win11
net0: virtio=BC:24:11:5E:10:03,bridge=vmbr0,firewall=1
numa: 0
ostype: win11
scsi0: local-lvm:vm-102-disk-1,iothread=1,size=128G
scsihw: virtio-scsi-single
smbios1: uuid=6f1c1d1e-3a52-4a0e-9d5b-0b7f5a1c9a03
sockets: 1
tpmstate0: local-lvm:vm-102-disk-2,size=4M,version=v2.0
vmgenid: 0d1f4f0e-7a0c-4e6f-8a55-3a4b5c6d7e03
`;

/** An old guest on i440fx. */
const LEGACY = `boot: order=scsi0;net0
cores: 2
memory: 2048
meta: creation-qemu=8.1.5,ctime=1712000000
name: legacy
net0: e1000=BC:24:11:5E:10:04,bridge=vmbr0
numa: 0
ostype: l26
scsi0: local-lvm:vm-103-disk-0,size=16G
scsihw: virtio-scsi-pci
smbios1: uuid=6f1c1d1e-3a52-4a0e-9d5b-0b7f5a1c9a04
sockets: 1
vmgenid: 0d1f4f0e-7a0c-4e6f-8a55-3a4b5c6d7e04
`;

/** The standard VMs after somebody followed a guide: a raw VF for 101, an `args` line for 102. */
export const HAND_MADE_VMS: { readonly [vmid: string]: string } = {
  '100': SERVER,
  '101': MEDIA.replace('machine: q35\n', 'hostpci0: 0000:00:02.1,pcie=1\nmachine: q35\n'),
  '102': `args: -device vfio-pci,host=0000:00:02.2,x-vga=on\n${WINDOWS}`,
  '103': LEGACY,
};

/** An unprivileged Debian container. */
const CONTAINER = `#Photo library
arch: amd64
cores: 2
features: nesting=1
hostname: photos
memory: 2048
net0: name=eth0,bridge=vmbr0,firewall=1,hwaddr=BC:24:11:5E:20:01,ip=dhcp,type=veth
onboot: 1
ostype: debian
rootfs: local-lvm:vm-200-disk-0,size=16G
swap: 512
unprivileged: 1
`;

/** The VMs that every simulated node has. */
export const STANDARD_VMS: { readonly [vmid: string]: string } = {
  '100': SERVER,
  '101': MEDIA,
  '102': WINDOWS,
  '103': LEGACY,
};

/** The containers that every simulated node has. */
export const STANDARD_CONTAINERS: { readonly [ctid: string]: string } = { '200': CONTAINER };

/** What the standard containers have as `/etc/group`: that of Debian 13's template, as far as graphics go. */
export const STANDARD_GROUPS: { readonly [ctid: string]: string } = {
  '200':
    'root:x:0:\ndaemon:x:1:\ntty:x:5:\nvideo:x:44:\nusers:x:100:\nnogroup:x:65534:\nsystemd-journal:x:999:\nrender:x:992:\nssl-cert:x:104:\n',
};
