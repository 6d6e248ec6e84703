// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase, ExportedMdev, WholeGpu } from '../export-case.ts';
import { type ExportFormat, type ExportLine, line, placeholder } from '../exported.ts';
import { groundNotes } from '../notes.ts';

/** A command line of QEMU. */
export const QEMU: ExportFormat = {
  name: 'qemu',
  summary: 'a command line of QEMU',
  slices: ['vf', 'mdev', 'pf'],
  whyNotOthers: 'QEMU gives devices to VMs; a render node is for containers.',
  comment: 'hash',
  write: (one) => {
    const words = qemuWords(one);
    const last = words.length - 1;
    return {
      lines: words.map(({ text, why }, at) => line(`${at === 0 ? '' : '    '}${text}${at === last ? '' : ' \\'}`, why)),
      notes: [
        ...groundNotes(one),
        'Memory and processors are examples; the guest has no disk yet.',
        ...(one.slice.kind === 'pf' ? [ROM_NOTE] : []),
      ],
    };
  },
};

const ROM_NOTE = `For a picture before the driver runs, add romfile=${placeholder('path of an option ROM for this GPU')} to the device; transcoding needs none.`;

function qemuWords(one: ExportCase): readonly ExportLine[] {
  const { slice, display, asGuide, guest } = one;
  const isLegacy = slice.kind === 'pf' && slice.way === 'legacy';
  return [
    line('qemu-system-x86_64'),
    ...(guest === null ? [] : [line(`-name guest=${guest}`, 'how the guest is called')]),
    ...(asGuide
      ? [line('-enable-kvm', 'the processor runs the guest itself')]
      : [
          line(
            `-machine ${isLegacy ? 'pc' : 'q35'},accel=kvm`,
            isLegacy ? "QEMU has the GPU's legacy mode on i440fx alone" : 'the processor runs the guest itself',
          ),
          line('-cpu host', 'drivers see the processor that their GPU belongs to'),
          line('-smp 4', 'an example'),
        ]),
    line(asGuide ? '-m 1G' : '-m 4G', 'an example'),
    line('-nodefaults', 'nothing but what is named here'),
    ...(slice.kind === 'mdev' && display.kind !== 'off'
      ? [line('-display gtk,gl=on', 'the picture comes as a buffer of the GPU')]
      : slice.kind !== 'pf'
        ? [
            line('-vga std', 'the slice has no picture of its own'),
            line('-display vnc=127.0.0.1:0', 'seen on this machine alone'),
          ]
        : [line('-vga none', 'the GPU is the only display adapter'), line('-display none')]),
    deviceLine(one),
  ];
}

function deviceLine({ slice, display, asGuide }: ExportCase): ExportLine {
  if (slice.kind === 'vf')
    return line(
      `-device vfio-pci,host=${slice.bdf},id=igpu`,
      `VF ${slice.number}; options of a whole GPU (OpRegion and the like) must not be given to a VF`,
    );
  if (slice.kind === 'pf')
    return line(
      `-device ${wholeGpu(slice).join(',')}`,
      'the GPU where drivers look for it, with the OpRegion that the firmware left',
    );
  if (slice.kind === 'mdev') {
    const options = mdevOptions(slice, display, asGuide);
    return line(`-device ${options.join(',')}`, 'the mediated device, with the OpRegion that the kernel emulates');
  }
  return line('');
}

function wholeGpu({ bdf, way }: WholeGpu): readonly string[] {
  const place = way === 'legacy' ? 'bus=pci.0,addr=02.0' : 'bus=pcie.0,addr=02.0';
  return ['vfio-pci', `host=${bdf}`, 'id=igpu', place, 'x-igd-opregion=on'];
}

function mdevOptions({ uuid }: ExportedMdev, display: ExportCase['display'], asGuide: boolean): readonly string[] {
  const path = `sysfsdev=/sys/bus/mdev/devices/${uuid}`;
  if (display.kind === 'off') return ['vfio-pci', path, 'id=igpu', 'display=off', 'x-igd-opregion=on'];
  const { size } = display;
  const sized = size === undefined ? [] : [`xres=${size.width}`, `yres=${size.height}`];
  return asGuide
    ? ['vfio-pci', path, 'display=on', 'x-igd-opregion=on', 'driver=vfio-pci-nohotplug', 'ramfb=on', ...sized]
    : ['vfio-pci-nohotplug', path, 'id=igpu', 'display=on', 'ramfb=on', 'x-igd-opregion=on', ...sized];
}
