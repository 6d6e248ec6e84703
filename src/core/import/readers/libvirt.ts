// SPDX-License-Identifier: AGPL-3.0-or-later
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isBdf } from '../../pci/address.ts';
import type { ImportedDevice, ImportReader, ImportRemark } from '../imported.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../untyped.ts';

/** A libvirt domain, or its `<hostdev>` elements alone. */
export const LIBVIRT_READER: ImportReader = {
  name: 'libvirt',
  read: (text) => {
    if (!/<\s*(?:domain|hostdev|devices)[\s>]/.test(text)) return undefined;
    // Several elements without one around them are what export and the guides give.
    const whole = `<import>${text.replace(/<\?xml[^>]*\?>/, '').replace(/<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>/, '')}</import>`;
    const valid = XMLValidator.validate(whole);
    if (valid !== true) return { broken: `The XML is broken: ${valid.err.msg}` };
    const root = fieldsOf(PARSER.parse(whole)).import;
    const domain = fieldsOf(listOf(fieldsOf(root).domain)[0] ?? root);
    const hostdevs = [domain, ...listOf(domain.devices).map(fieldsOf)].flatMap((one) => listOf(one.hostdev).map(fieldsOf));
    const sets = setWords(domain);
    const devices = hostdevs.flatMap((hostdev, at) =>
      deviceOf(hostdev, [...overrides(domain, hostdev), ...(sets.get(`hostdev${at}`) ?? [])]),
    );
    const name = textOf(domain.name);
    return { guest: name === '' ? null : name, devices, remarks: remarksOf(hostdevs, domain) };
  },
};

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
});

function deviceOf(hostdev: Fields, properties: readonly (readonly [string, string])[]): readonly ImportedDevice[] {
  const address = fieldsOf(fieldsOf(hostdev.source).address);
  const own: (readonly [string, string])[] = ['display', 'ramfb'].flatMap((name) =>
    textOf(hostdev[name]) === '' ? [] : [[name, textOf(hostdev[name])]],
  );
  const rom = textOf(fieldsOf(hostdev.rom).file);
  if (rom !== '') own.push(['romfile', rom]);
  const all = new Map([...own, ...properties]);
  if (hostdev.type === 'mdev')
    return [{ slice: { kind: 'mdev', uuid: textOf(address.uuid).toLowerCase() || null, type: null }, properties: all }];
  const bdf = `${hex(address.domain, 4)}:${hex(address.bus, 2)}:${hex(address.slot, 2)}.${hex(address.function, 1)}`;
  return hostdev.type === 'pci' && isBdf(bdf) ? [{ slice: { kind: 'pci', bdf }, properties: all }] : [];
}

/** `<qemu:override>` names devices by their alias. */
function overrides(domain: Fields, hostdev: Fields): readonly (readonly [string, string])[] {
  const alias = textOf(fieldsOf(hostdev.alias).name);
  return listOf(fieldsOf(domain['qemu:override'])['qemu:device'])
    .map(fieldsOf)
    .filter((device) => alias !== '' && device.alias === alias)
    .flatMap((device) => listOf(fieldsOf(device['qemu:frontend'])['qemu:property']).map(fieldsOf))
    .map(({ name, value }) => [textOf(name), textOf(value) === 'true' ? 'on' : textOf(value)] as const);
}

/** `-set device.hostdev0.x=y` of `<qemu:commandline>`, by device. */
function setWords(domain: Fields): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const sets = new Map<string, (readonly [string, string])[]>();
  for (const argument of listOf(fieldsOf(domain['qemu:commandline'])['qemu:arg'])) {
    const [, device = '', name = '', value = ''] =
      /^device\.([^.]+)\.([^=]+)=(.*)$/s.exec(textOf(fieldsOf(argument).value)) ?? [];
    if (device !== '') sets.set(device, [...(sets.get(device) ?? []), [name, value]]);
  }
  return sets;
}

function remarksOf(hostdevs: readonly Fields[], domain: Fields): readonly ImportRemark[] {
  const remarks: ImportRemark[] = [];
  if (hostdevs.some(({ managed, type }) => managed === 'yes' && type === 'pci'))
    remarks.push({
      level: 'risky',
      text: "managed='yes' takes the device from its driver at each start and gives it back after each stop; a VF that goes back to i915 or xe can loop. Proxmox VE leaves a VF on vfio-pci.",
    });
  const environment = listOf(fieldsOf(domain['qemu:commandline'])['qemu:env']).map(fieldsOf);
  if (environment.some(({ name }) => name === 'MESA_LOADER_DRIVER_OVERRIDE'))
    remarks.push({
      level: 'outdated',
      text: 'MESA_LOADER_DRIVER_OVERRIDE=i965 names a driver that Mesa dropped in version 22; iris is the one since.',
    });
  return remarks;
}

function hex(value: unknown, digits: number): string {
  const text = textOf(value);
  const number = text === '' ? 0 : Number(text);
  return Number.isInteger(number) && number >= 0 ? number.toString(16).padStart(digits, '0') : 'x';
}
