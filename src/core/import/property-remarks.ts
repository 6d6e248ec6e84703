// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ImportedDevice, ImportRemark } from './imported.ts';

interface PropertyRow {
  readonly name: string;
  readonly value?: RegExp;
  readonly remark: ImportRemark;
}

/** What the properties mean that guides set on a passed device (QEMU 10.2 docs/igd-assign.txt; libvirt.org/formatdomain.html). */
const ROWS: readonly PropertyRow[] = [
  row('display', /^on$/, 'does', 'display=on shows the picture of the mediated device in a window or console of the host.'),
  row('ramfb', /^on$/, 'does', 'ramfb=on gives a picture from the firmware on, before the driver of the guest runs.'),
  row('xres', undefined, 'does', 'xres and yres set the size of the emulated monitor.'),
  row('driver', /^vfio-pci-nohotplug$/, 'does', 'vfio-pci-nohotplug is the model that ramfb needs.'),
  row(
    'x-igd-opregion',
    /^on$/,
    'does',
    'x-igd-opregion=on gives the guest the OpRegion, which QEMU 10.1 and later do by themselves.',
  ),
  row(
    'x-vga',
    /^(?:on|1)$/,
    'risky',
    'x-vga=on hands the old VGA ports over; it needs a GPU that decodes them on the host, and is no way to a picture on newer ones.',
  ),
  row(
    'x-igd-gms',
    undefined,
    'outdated',
    'x-igd-gms sets the stolen memory, which QEMU keeps from the host since 10.0; older ones set it to none.',
  ),
  row('x-igd-lpc', undefined, 'does', 'x-igd-lpc copies the ids of the bridge at 1f.0, which firmware drivers look at.'),
  row(
    'romfile',
    undefined,
    'does',
    'romfile is the option ROM that the guest sees; it has to lie in /usr/share/kvm on Proxmox VE.',
  ),
  row('addr', /^(?:0x)?0?2(?:\.0)?$/, 'does', 'addr 02.0 is where drivers look for the GPU of the processor.'),
];

/** What is worth saying about the properties of a device, each once. */
export function propertyRemarks({ properties }: ImportedDevice): readonly ImportRemark[] {
  return ROWS.filter(({ name, value }) => {
    const given = properties.get(name);
    return given !== undefined && (value === undefined || value.test(given));
  }).map(({ remark }) => remark);
}

function row(name: string, value: RegExp | undefined, level: ImportRemark['level'], text: string): PropertyRow {
  return { name, ...(value === undefined ? {} : { value }), remark: { level, text } };
}
