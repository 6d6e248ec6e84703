// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase, ExportedMdev, WholeGpu } from '../export-case.ts';
import { type ExportFormat, type ExportLine, line, placeholder } from '../exported.ts';
import { groundNotes } from '../notes.ts';
import { type PciParts, pciParts } from '../pci-parts.ts';

/** `<hostdev>` for the devices of a libvirt domain (libvirt.org/formatdomain.html, "Host device assignment"). */
export const LIBVIRT: ExportFormat = {
  name: 'libvirt',
  summary: 'the <hostdev> of a libvirt domain',
  slices: ['vf', 'mdev', 'pf'],
  whyNotOthers: 'libvirt gives devices to VMs; a render node is for containers.',
  comment: 'xml',
  write: (one) => ({ lines: hostdevLines(one), notes: [...groundNotes(one), ...besides(one)] }),
};

/** Name that libvirt passes on to QEMU as the device's id; names of users begin with `ua-`. */
export const LIBVIRT_ALIAS = 'ua-igpu';

/** The `<hostdev>` element, without indentation of its own. */
export function hostdevLines({ slice, asGuide, display }: ExportCase): readonly ExportLine[] {
  if (slice.kind === 'mdev') return mdevLines(slice, display.kind !== 'off', asGuide);
  if (slice.kind === 'render') return [];
  return asGuide ? guidePciLines(pciParts(slice.bdf)) : pciLines(slice);
}

/** What QEMU is told beside the `<hostdev>`: today as `qemu:override` (libvirt 8.2), in the guides as `qemu:commandline`. */
export function qemuLines({ slice, display, asGuide }: ExportCase): readonly ExportLine[] {
  if (slice.kind !== 'mdev' && (slice.kind !== 'pf' || asGuide)) return [];
  const size = slice.kind === 'mdev' && display.kind === 'ramfb' ? display.size : undefined;
  if (asGuide) return guideCommandLine(display.kind !== 'off', size);
  return [
    line('<qemu:override>', 'properties of QEMU that libvirt has no element for'),
    line(`  <qemu:device alias='${LIBVIRT_ALIAS}'>`),
    line('    <qemu:frontend>'),
    line(
      "      <qemu:property name='x-igd-opregion' type='bool' value='true'/>",
      slice.kind === 'pf' ? FIRMWARE_OPREGION : OPREGION,
    ),
    ...(size === undefined
      ? []
      : [
          line(`      <qemu:property name='xres' type='unsigned' value='${size.width}'/>`, 'width of the emulated monitor'),
          line(`      <qemu:property name='yres' type='unsigned' value='${size.height}'/>`, 'height of the emulated monitor'),
        ]),
    line('    </qemu:frontend>'),
    line('  </qemu:device>'),
    line('</qemu:override>'),
  ];
}

const FIRMWARE_OPREGION =
  'the OpRegion that the firmware of the host left, which Windows and ROMs want; QEMU gives it by itself from 10.1 on';
const OPREGION = 'Windows and UEFI guests want the OpRegion that the kernel emulates; QEMU gives it by itself from 10.1 on';

function pciLines(slice: Extract<ExportCase['slice'], { kind: 'vf' | 'pf' }>): readonly ExportLine[] {
  const { domain, bus, slot, function: func } = pciParts(slice.bdf);
  const ready = slice.driver === 'vfio-pci' || slice.driver === 'xe-vfio-pci';
  return [
    line(
      `<hostdev mode='subsystem' type='pci' managed='${ready ? 'no' : 'yes'}'>`,
      ready
        ? 'managed no: it stays on vfio-pci for good, so libvirt has nothing to bind and nothing to give back'
        : `managed yes: libvirt takes it from ${slice.driver ?? 'no driver'} at the start and gives it back after the stop`,
    ),
    line("  <driver name='vfio'/>", 'passed through by VFIO'),
    line('  <source>'),
    line(`    <address domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${func}'/>`, 'the device of the host'),
    line('  </source>'),
    line(`  <alias name='${LIBVIRT_ALIAS}'/>`, 'its name in QEMU'),
    ...(slice.kind === 'pf' ? pfLines(slice) : []),
    line('</hostdev>'),
  ];
}

function pfLines({ way }: WholeGpu): readonly ExportLine[] {
  return [
    line(
      `  <!-- <rom file='${placeholder('path of an option ROM for this GPU')}'/> -->`,
      'for a picture before the driver runs; transcoding needs none',
    ),
    line(
      "  <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>",
      way === 'legacy' ? 'QEMU has its legacy mode only at 00:02.0' : 'where drivers look for the GPU of the processor',
    ),
  ];
}

function guidePciLines({ domain, bus, slot, function: func }: PciParts): readonly ExportLine[] {
  const short = (hex: string) => `${Number.parseInt(hex, 16)}`;
  return [
    line('<hostdev mode="subsystem" type="pci" managed="yes">', 'managed yes: the guide lets libvirt bind the driver'),
    line('  <source>'),
    line(
      `    <address domain="${short(domain)}" bus="${short(bus)}" slot="${short(slot)}" function="${short(func)}"/>`,
      'the device of the host',
    ),
    line('  </source>'),
    line('</hostdev>'),
  ];
}

function mdevLines({ uuid }: ExportedMdev, hasDisplay: boolean, asGuide: boolean): readonly ExportLine[] {
  const picture = hasDisplay ? (asGuide ? " display='on'" : " display='on' ramfb='on'") : " display='off'";
  return [
    line(
      `<hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci'${picture}>`,
      hasDisplay ? "display: the guest's picture in a window of the host; ramfb: from the firmware on" : 'no picture on the host',
    ),
    line('  <source>'),
    line(`    <address uuid='${uuid}'/>`, 'the mediated device'),
    line('  </source>'),
    ...(asGuide ? [] : [line(`  <alias name='${LIBVIRT_ALIAS}'/>`, 'its name in QEMU')]),
    ...(asGuide
      ? [line("  <address type='pci' domain='0x0000' bus='0x00' slot='0x09' function='0x0'/>", 'where the guest sees it')]
      : []),
    line('</hostdev>'),
  ];
}

function guideCommandLine(
  hasDisplay: boolean,
  size: { readonly width: number; readonly height: number } | undefined,
): readonly ExportLine[] {
  const set = (property: string, why: string) => [
    line("  <qemu:arg value='-set'/>"),
    line(`  <qemu:arg value='device.hostdev0.${property}'/>`, why),
  ];
  return [
    line('<qemu:commandline>', 'the guide sets properties of the device by the name that libvirt gives it'),
    ...set('x-igd-opregion=on', OPREGION),
    ...(hasDisplay
      ? [...set('ramfb=on', 'a picture from the firmware on'), ...set('driver=vfio-pci-nohotplug', 'ramfb needs this model')]
      : []),
    ...(size === undefined
      ? []
      : [
          ...set(`xres=${size.width}`, 'width of the emulated monitor'),
          ...set(`yres=${size.height}`, 'height of the emulated monitor'),
        ]),
    ...(hasDisplay
      ? [line('  <qemu:env name="MESA_LOADER_DRIVER_OVERRIDE" value="i965"/>', 'for old Mesa; the driver is gone since Mesa 22')]
      : []),
    line('</qemu:commandline>'),
  ];
}

/** What the element alone does not carry. */
function besides(one: ExportCase): readonly string[] {
  if (qemuLines(one).length === 0) return [];
  const what = one.asGuide ? 'qemu:commandline' : 'qemu:override';
  return [`Beside this element the domain needs ${what} and its xmlns:qemu; pveigpu export libvirt-domain has them.`];
}
