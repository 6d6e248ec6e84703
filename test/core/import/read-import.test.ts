// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IMPORT_READERS, readImport } from '../../../src/core/import/reader-table.ts';

const UUID = 'a297db4a-f4c2-11e6-90f6-d3b88d6c9525';

/** Texts as the guides and the programs have them, and what they give away. */
const TEXTS: readonly {
  readonly name: string;
  readonly form: string;
  readonly text: string;
  readonly gives: readonly string[];
  readonly guest?: string;
}[] = [
  {
    name: 'an args line for a NUC6CAYH',
    form: 'qemu',
    text: 'memory: 4096\nargs: -device vfio-pci,host=00:02.0,addr=0x02,x-igd-gms=4,romfile=intel_hd500.rom,x-vga=on\nname: tv\n',
    gives: ['pci 0000:00:02.0 addr,driver,romfile,x-igd-gms,x-vga'],
  },
  {
    name: 'an args line that sets properties of a hostpci',
    form: 'qemu',
    text: "args: -device 'vfio-pci,host=0000:00:02.3,id=gpu' -set device.gpu.x-igd-opregion=on",
    gives: ['pci 0000:00:02.3 driver,x-igd-opregion'],
  },
  {
    name: 'a command line of a wiki, in its backticks',
    form: 'qemu',
    text: `\` qemu-system-x86_64 \\\`\\\n\`    -enable-kvm \\\`\\\n\`    -device vfio-pci,sysfsdev=/sys/bus/mdev/devices/${UUID},display=on,ramfb=on,xres=1920,yres=1080\`\n`,
    gives: [`mdev ${UUID} display,driver,ramfb,xres,yres`],
  },
  {
    name: 'a VF by its path in sysfs',
    form: 'qemu',
    text: 'qemu-system-x86_64 -name guest=box,debug-threads=on -device vfio-pci,sysfsdev=/sys/bus/pci/devices/0000:00:02.1/',
    gives: ['pci 0000:00:02.1 driver'],
    guest: 'box',
  },
  {
    name: 'a domain with a DOCTYPE, comments and two devices',
    form: 'libvirt',
    text: `<?xml version="1.0"?><!DOCTYPE domain [<!ENTITY a "b">]><!-- x --><domain><name>win10</name><devices><hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x00' slot='0x02' function='0x1'/></source></hostdev><hostdev type='mdev'><source><address uuid='${UUID}'/></source></hostdev><hostdev type='usb'/></devices></domain>`,
    gives: ['pci 0000:00:02.1 ', `mdev ${UUID} `],
    guest: 'win10',
  },
  {
    name: 'a hostdev with decimal numbers',
    form: 'libvirt',
    text: '<hostdev type="pci"><source><address domain="0" bus="0" slot="2" function="7"/></source></hostdev>',
    gives: ['pci 0000:00:02.7 '],
  },
  {
    name: 'a compose file in the long form',
    form: 'compose',
    text: 'services:\n  jellyfin:\n    image: x\n    devices:\n      - source: /dev/dri/renderD129\n        target: /dev/dri/renderD128\n      - /dev/ttyUSB0\n',
    gives: ['render /dev/dri/renderD129 '],
    guest: 'jellyfin',
  },
  {
    name: 'docker run with all of /dev/dri',
    form: 'run',
    text: 'docker run -d --name=plex \\\n  --device=/dev/dri:/dev/dri \\\n  --group-add render plex',
    gives: ['render /dev/dri '],
    guest: 'plex',
  },
  {
    name: 'a quadlet',
    form: 'quadlet',
    text: '[Container]\nImage=x\nAddDevice=-/dev/dri/renderD128:/dev/dri/renderD128:rw\n',
    gives: ['render /dev/dri/renderD128 '],
  },
  {
    name: "lxc lines in Proxmox VE's form",
    form: 'lxc',
    text: 'lxc.cgroup2.devices.allow: c 226:128 rwm\nlxc.mount.entry: /dev/dri/renderD128 dev/dri/renderD128 none bind,optional,create=file\n',
    gives: ['render /dev/dri/renderD128 '],
  },
  {
    name: 'incus, a VF',
    form: 'incus',
    text: 'incus config device add box igpu-vf pci address=0000:00:02.1',
    gives: ['pci 0000:00:02.1 '],
    guest: 'box',
  },
  {
    name: 'incus, a mediated device',
    form: 'incus',
    text: 'lxc config device add box gpu gpu gputype=mdev mdev=i915-GVTg_V5_4',
    gives: ['mdev i915-GVTg_V5_4 '],
    guest: 'box',
  },
];

describe('import', () => {
  test.each(TEXTS)('$name', ({ form, text, gives, guest = null }) => {
    const read = readImport(text);
    if (!read.ok) throw new Error(read.problem.message);
    expect(read.value.form).toBe(form);
    expect(read.value.guest).toBe(guest);
    expect(
      read.value.devices.map(({ slice, properties }) => {
        const what = slice.kind === 'pci' ? slice.bdf : slice.kind === 'mdev' ? (slice.uuid ?? slice.type) : slice.path;
        return `${slice.kind} ${what} ${[...properties.keys()].sort().join(',')}`;
      }),
    ).toEqual(gives);
  });

  test('every reader is tried by one of these', () => {
    expect(new Set(TEXTS.map(({ form }) => form))).toEqual(new Set(IMPORT_READERS.map(({ name }) => name)));
  });

  test.each([
    ['', 'usage'],
    ['hello', 'usage'],
    ['<domain><devices>', 'format.unreadable'],
    ['services:\n  a: [\n', 'format.unreadable'],
    ['qemu -device "vfio-pci', 'format.unreadable'],
    ['docker run --device "/dev/dri', 'format.unreadable'],
  ])('%j ends as %s', (text, code) => {
    const read = readImport(text);
    expect(read.ok ? 'ok' : read.problem.code).toBe(code);
  });

  test('YAML that refers to itself ends', () => {
    const bomb = `a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c]\nservices: {x: {devices: *c}}\n`;
    expect(readImport(bomb).ok).toBe(false);
  });

  test('nothing throws, whatever the text is', () => {
    const words = fc.constantFrom(
      '<domain>',
      '<hostdev type="pci">',
      '</hostdev>',
      'services:',
      '- a',
      '-device ',
      'vfio-pci,host=',
      '[Container]\n',
      'lxc.a: b',
      'docker run ',
      'incus config device add ',
      "'",
      '"',
      '\\',
      '&',
      '\n',
      '{',
      ']',
      'args:',
      '\u0000',
    );
    const text = fc.array(fc.oneof(words, fc.string({ maxLength: 8 })), { maxLength: 20 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => {
        readImport(value);
      }),
      { numRuns: 2000 },
    );
  });
});
