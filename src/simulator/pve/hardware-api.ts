// SPDX-License-Identifier: AGPL-3.0-or-later
import { poolOfSection } from '../../core/guest/pool-config.ts';
import type { Machine } from '../machine.ts';
import { splitList } from './formats.ts';
import { loadMappings } from './mapping-config.ts';
import { mdevTypes } from './mdev.ts';
import { lspci, pciDevice, type SysfsDevice } from './sysfs.ts';

/** Classes that PVE hides unless asked: memory, bridges, processors. */
const DEFAULT_BLACKLIST = '05;06;0b';

/** The PCI devices of the node (API2/Hardware/PCI.pm); names come from `/usr/share/misc/pci.ids` when it is there. */
export function listHardware(machine: Machine, blacklist: string | undefined, verbose: boolean): { [key: string]: unknown }[] {
  const hidden = splitList(blacklist ?? DEFAULT_BLACKLIST);
  const names = verbose ? readNames(machine.tree.text('/usr/share/misc/pci.ids') ?? '') : undefined;
  return lspci(machine)
    .filter((device) => !hidden.some((prefix) => device.class.startsWith(`0x${prefix}`)))
    .map((device) => ({
      class: device.class,
      device: device.device,
      id: device.id,
      iommugroup: device.iommuGroup,
      vendor: device.vendor,
      ...(device.mdev ? { mdev: 1 } : {}),
      ...(names === undefined ? {} : verboseFields(device, names)),
    }));
}

function verboseFields(device: SysfsDevice, names: ReadonlyMap<string, string>): { [key: string]: unknown } {
  const { vendor, device: id, subsystemVendor: subVendor, subsystemDevice: subDevice } = device;
  const bare = (hex: string) => hex.replace(/^0x/, '');
  const fields: { [key: string]: unknown } = {
    vendor_name: names.get(bare(vendor)),
    device_name: names.get(`${bare(vendor)} ${bare(id)}`),
    subsystem_vendor: subVendor,
    subsystem_device: subDevice,
    subsystem_vendor_name: subVendor === undefined ? undefined : names.get(bare(subVendor)),
    subsystem_device_name:
      subVendor === undefined || subDevice === undefined
        ? undefined
        : names.get(`${bare(vendor)} ${bare(id)} ${bare(subVendor)} ${bare(subDevice)}`),
    physfn: device.physfn,
    virtfns: device.virtfns.length === 0 ? undefined : Object.fromEntries(device.virtfns.map((bdf, at) => [`virtfn${at}`, bdf])),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Names by ids joined with blanks: vendor, vendor device, vendor device subvendor subdevice. */
function readNames(text: string): Map<string, string> {
  const names = new Map<string, string>();
  let vendor = '';
  let device = '';
  for (const line of text.split('\n')) {
    const [, tabs = '', ids = '', name = ''] = /^(\t{0,2})([0-9a-f]{4}(?: [0-9a-f]{4})?) {2}(.+)$/.exec(line) ?? [];
    if (name === '') continue;
    if (tabs === '') vendor = ids;
    if (tabs === '\t') device = ids;
    names.set(tabs === '' ? ids : tabs === '\t' ? `${vendor} ${ids}` : `${vendor} ${device} ${ids}`, name);
  }
  return names;
}

/** The mediated device types of a device or of a mapping's entries for this node; none where there are no such types. */
export function listMdevTypes(machine: Machine, idOrMapping: string): { [key: string]: unknown }[] {
  const found = new Map<string, { [key: string]: unknown }>();
  for (const id of devicesOf(machine, idOrMapping))
    for (const { type, available, description, name } of mdevTypes(machine, id)) {
      const before = Number(found.get(type)?.available ?? 0);
      found.set(type, { available: before + available, description, ...(name === undefined ? {} : { name }), type });
    }
  return [...found.values()];
}

function devicesOf(machine: Machine, idOrMapping: string): string[] {
  if (idOrMapping.includes(':')) return pciDevice(machine, idOrMapping) === undefined ? [] : [idOrMapping];
  const section = loadMappings(machine).find((one) => one.id === idOrMapping);
  const entries = section === undefined ? [] : poolOfSection(section).entries;
  return entries.filter((entry) => entry.node === machine.nodeName && !entry.path.includes(';')).map((entry) => entry.path);
}
