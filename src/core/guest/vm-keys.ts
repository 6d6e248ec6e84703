// SPDX-License-Identifier: AGPL-3.0-or-later

/** How PVE checks a value when it reads a configuration: by type, or by a format that a string has. */
export type VmKeyType = 'boolean' | 'integer' | 'number' | 'string' | 'drive' | 'format';

const list = (text: string): readonly string[] => text.split(' ');

/**
 * The settings of a VM that PVE 9.2 knows: qemu-server QemuServer.pm `confdesc`, which is the parameters of PUT
 * /nodes/{node}/qemu/{vmid}/config without those of the call itself, plus what only snapshots and PVE itself write.
 */
const SINGLE: { readonly [T in VmKeyType]: readonly string[] } = {
  boolean: list(
    'acpi allow-ksm autostart ciupgrade freeze keephugepages kvm localtime numa onboot protection reboot tablet tdf template',
  ),
  integer: list('balloon cores cpuunits migrate_speed shares smp snaptime sockets vcpus'),
  number: list('cpulimit migrate_downtime'),
  string: list(
    'arch args bios cipassword citype ciuser description hugepages keyboard lock ostype runningcpu running-nets-host-mtu ' +
      'scsihw searchdomain startdate vmgenid',
  ),
  drive: ['cdrom'],
  format: list(
    'affinity agent amd-sev audio0 boot bootdisk cicustom cpu efidisk0 hookscript hotplug intel-tdx ivshmem machine memory ' +
      'meta name nameserver parent rng0 runningmachine smbios1 spice_enhancements sshkeys startup tags tpmstate0 vga vmstate ' +
      'vmstatestorage watchdog',
  ),
};

/** Numbered settings: their type and how many there are (counting from 0). */
const NUMBERED: { readonly [name: string]: { readonly type: VmKeyType; readonly count: number } } = {
  hostpci: { type: 'format', count: 16 },
  ide: { type: 'drive', count: 4 },
  ipconfig: { type: 'format', count: 32 },
  net: { type: 'format', count: 32 },
  numa: { type: 'format', count: 8 },
  parallel: { type: 'string', count: 3 },
  sata: { type: 'drive', count: 6 },
  scsi: { type: 'drive', count: 31 },
  serial: { type: 'string', count: 4 },
  unused: { type: 'format', count: 256 },
  usb: { type: 'format', count: 14 },
  virtio: { type: 'drive', count: 16 },
  virtiofs: { type: 'format', count: 10 },
};

const TYPES = build();

function build(): ReadonlyMap<string, VmKeyType> {
  const types = new Map<string, VmKeyType>();
  for (const [type, names] of Object.entries(SINGLE) as [VmKeyType, readonly string[]][]) {
    for (const name of names) types.set(name, type);
  }
  for (const [name, { type, count }] of Object.entries(NUMBERED)) {
    for (let i = 0; i < count; i++) types.set(`${name}${i}`, type);
  }
  return types;
}

/** The type of a VM setting, or undefined when PVE 9.2 does not know it (such a line is lost at the next write). */
export function vmKeyType(key: string): VmKeyType | undefined {
  return TYPES.get(key);
}

/** Every VM setting that PVE 9.2 knows. */
export function vmKeys(): Iterable<string> {
  return TYPES.keys();
}

/** Whether a setting takes effect at once on a running VM (qemu-server QemuServer.pm fast_plug_option and cloud-init keys). */
export function isFastPlug(key: string): boolean {
  return FAST_PLUG.has(key) || /^ipconfig\d+$/.test(key);
}

const FAST_PLUG: ReadonlySet<string> = new Set(
  list(
    'description hookscript lock migrate_downtime migrate_speed name onboot protection shares startup tags vmstatestorage ' +
      'cicustom cipassword citype ciupgrade ciuser nameserver searchdomain sshkeys',
  ),
);
