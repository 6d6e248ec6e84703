// SPDX-License-Identifier: AGPL-3.0-or-later
import { FORMATS } from './formats.ts';
import type { ValueRule } from './value-check.ts';
import { CPU, HOSTPCI, MACHINE, MEMORY, VGA } from './vm-formats.ts';

const BOOLEAN: ValueRule = { type: 'boolean' };
const TEXT: ValueRule = { type: 'string' };
const integer = (min: number, max?: number): ValueRule => ({ type: 'integer', min, ...(max === undefined ? {} : { max }) });
const oneOf = (values: string): ValueRule => ({ type: 'string', values: values.split(' ') });

/** Options of a VM by name, numbered ones without their number (qemu-server 9.2.6, QemuServer.pm `$confdesc`). */
const OPTIONS: { readonly [name: string]: ValueRule } = {
  acpi: BOOLEAN,
  affinity: { type: 'string', pattern: /^\s*\d+(-\d+)?(,\d+(-\d+)?)*\s*$/ },
  agent: TEXT,
  'allow-ksm': BOOLEAN,
  'amd-sev': TEXT,
  arch: oneOf('x86_64 aarch64'),
  args: TEXT,
  audio0: TEXT,
  autostart: BOOLEAN,
  balloon: integer(0),
  bios: oneOf('seabios ovmf'),
  boot: TEXT,
  bootdisk: TEXT,
  cdrom: TEXT,
  cicustom: TEXT,
  cipassword: TEXT,
  citype: oneOf('configdrive2 nocloud opennebula'),
  ciupgrade: BOOLEAN,
  ciuser: TEXT,
  cores: integer(1),
  cpu: { type: 'string', properties: CPU, format: FORMATS.cpu },
  cpulimit: { type: 'number', min: 0, max: 128 },
  cpuunits: integer(1, 262144),
  description: { type: 'string', maxLength: 8192 },
  efidisk0: TEXT,
  freeze: BOOLEAN,
  hookscript: { type: 'string', format: FORMATS.volumeId },
  hostpci: { type: 'string', properties: HOSTPCI },
  hotplug: TEXT,
  hugepages: oneOf('any 2 1024'),
  ide: TEXT,
  'intel-tdx': TEXT,
  ipconfig: TEXT,
  ivshmem: TEXT,
  keephugepages: BOOLEAN,
  keyboard: TEXT,
  kvm: BOOLEAN,
  localtime: BOOLEAN,
  lock: oneOf('backup clone create migrate rollback snapshot snapshot-delete suspending suspended'),
  machine: { type: 'string', properties: MACHINE },
  memory: { type: 'string', properties: MEMORY },
  migrate_downtime: { type: 'number', min: 0 },
  migrate_speed: integer(0),
  name: { type: 'string', format: FORMATS.dnsName },
  nameserver: TEXT,
  net: TEXT,
  numa: BOOLEAN,
  onboot: BOOLEAN,
  ostype: oneOf('other wxp w2k w2k3 w2k8 wvista win7 win8 win10 win11 l24 l26 solaris'),
  parallel: TEXT,
  protection: BOOLEAN,
  reboot: BOOLEAN,
  rng0: TEXT,
  sata: TEXT,
  scsi: TEXT,
  scsihw: oneOf('lsi lsi53c810 virtio-scsi-pci virtio-scsi-single megasas pvscsi'),
  searchdomain: TEXT,
  serial: { type: 'string', pattern: /^(\/dev\/.+|socket)$/ },
  shares: integer(0, 50000),
  smbios1: TEXT,
  smp: integer(1),
  sockets: integer(1),
  spice_enhancements: TEXT,
  sshkeys: TEXT,
  startdate: TEXT,
  startup: { type: 'string', pattern: /^((order=)?\d+|up=\d+|down=\d+)(,((order=)?\d+|up=\d+|down=\d+))*$/ },
  tablet: BOOLEAN,
  tags: { type: 'string', format: FORMATS.tagList },
  tdf: BOOLEAN,
  template: BOOLEAN,
  tpmstate0: TEXT,
  unused: TEXT,
  usb: TEXT,
  vcpus: integer(1),
  vga: { type: 'string', properties: VGA },
  virtio: TEXT,
  virtiofs: TEXT,
  vmgenid: TEXT,
  vmstatestorage: { type: 'string', format: FORMATS.storageId },
  watchdog: TEXT,
};

/** How many of a numbered option there are (qemu-server 9.2.6). */
const FAMILIES: { readonly [name: string]: number } = {
  hostpci: 16,
  ide: 4,
  ipconfig: 32,
  net: 32,
  numa: 8,
  parallel: 3,
  sata: 6,
  scsi: 31,
  serial: 4,
  unused: 256,
  usb: 14,
  virtio: 16,
  virtiofs: 10,
};

/** Keys that PVE writes itself: they stand in files, and no call may set them. */
const INTERNAL: { readonly [name: string]: ValueRule } = {
  meta: TEXT,
  parent: TEXT,
  runningcpu: TEXT,
  runningmachine: TEXT,
  'running-nets-host-mtu': TEXT,
  snapstate: oneOf('prepare delete'),
  snaptime: integer(0),
  vmstate: TEXT,
};

/** Parameters of a change of a VM beside its options. */
const CALL_ONLY: { readonly [name: string]: ValueRule } = {
  delete: TEXT,
  revert: TEXT,
  digest: { type: 'string', maxLength: 64 },
  force: BOOLEAN,
  skiplock: BOOLEAN,
};

/** The rule of an option that a call may set, or undefined when PVE knows none of that name. */
export function vmOption(name: string): ValueRule | undefined {
  const [, family = name, number] = /^([a-z][a-z_-]*?)(\d+)$/.exec(name) ?? [];
  const size = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
  if (number !== undefined && size !== undefined && Number(number) < size && String(Number(number)) === number)
    return family === 'numa' ? TEXT : OPTIONS[family];
  if (Object.hasOwn(FAMILIES, name) && name !== 'numa') return undefined;
  return Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
}

/** The rule of a key that may stand in a VM's file. */
export function vmFileKey(name: string): ValueRule | undefined {
  return vmOption(name) ?? (Object.hasOwn(INTERNAL, name) ? INTERNAL[name] : undefined);
}

/** The rule of a parameter of a call that changes a VM. */
export function vmParameter(name: string): ValueRule | undefined {
  return vmOption(name) ?? (Object.hasOwn(CALL_ONLY, name) ? CALL_ONLY[name] : undefined);
}
