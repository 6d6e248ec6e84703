// SPDX-License-Identifier: AGPL-3.0-or-later
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ExportCase } from '../../../src/core/export/export-case.ts';
import { exportedText } from '../../../src/core/export/exported.ts';
import { EXPORT_FORMATS } from '../../../src/core/export/format-table.ts';
import { deviceOptions } from '../../../src/core/guest/args-items.ts';
import type { Bdf } from '../../../src/core/pci/address.ts';

// What the two guides that this replaces tell people to write: the README of an "Iris Xe SR-IOV" guide (libvirt, Docker, Podman, Incus) and the
// page "IGVT-g" of the NixOS wiki. Each field of theirs is in ours with the same value, or in the list of differences with the reason.

const UUID = 'a297db4a-f4c2-11e6-90f6-d3b88d6c9525';
const PF = '0000:00:02.0' as Bdf;
const GPU: ExportCase['gpu'] = { bdf: PF, name: 'Intel GPU', device: '5912', generation: 9, backend: 'i915-dkms', isI915s: true };
const SIZE = { kind: 'ramfb', size: { width: 1920, height: 1080 } } as const;

const MDEV: ExportCase = {
  gpu: GPU,
  slice: { kind: 'mdev', pf: PF, uuid: UUID, exists: true, type: 'i915-GVTg_V5_8' },
  guest: null,
  display: SIZE,
  asGuide: true,
};
const VF: ExportCase = { ...MDEV, slice: { kind: 'vf', number: 1, bdf: '0000:00:02.1' as Bdf, driver: 'i915', count: 7 } };
const RENDER: ExportCase = {
  ...MDEV,
  slice: { kind: 'render', path: '/dev/dri/renderD128', major: 226, minor: 128, bdf: PF, gid: 993 },
};

function written(name: string, one: ExportCase): string {
  const format = EXPORT_FORMATS.find((row) => row.name === name);
  if (format === undefined) throw new Error(name);
  return exportedText(format.write(one), format.comment);
}

/** Every leaf of an XML text as `path=value`, in order, repeated ones numbered by their order. */
function fields(xml: string): readonly string[] {
  const parsed: unknown = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@' }).parse(xml);
  const walk = (value: unknown, path: string): readonly string[] =>
    Array.isArray(value)
      ? value.flatMap((item) => walk(item, path))
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, item]) => walk(item, `${path}/${key}`))
        : [`${path}=${value}`];
  return walk(parsed, '');
}

const WIKI_DOMAIN = [
  "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><devices>",
  "<graphics type='spice'><listen type='none'/><gl enable='yes'/></graphics><video><model type='none'/></video>",
  "<hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci' display='on'>",
  `<source><address uuid='${UUID}'/></source>`,
  "<address type='pci' domain='0x0000' bus='0x00' slot='0x09' function='0x0'/></hostdev></devices><qemu:commandline>",
  ...['x-igd-opregion=on', 'ramfb=on', 'driver=vfio-pci-nohotplug', 'xres=1920', 'yres=1080'].map(
    (property) => `<qemu:arg value='-set'/><qemu:arg value='device.hostdev0.${property}'/>`,
  ),
  "<qemu:env name='MESA_LOADER_DRIVER_OVERRIDE' value='i965'/></qemu:commandline></domain>",
].join('');

describe('the form of the guides', () => {
  test('a libvirt domain with a mediated device has every field of the wiki', () => {
    const ours = fields(written('libvirt-domain', MDEV));
    for (const field of fields(WIKI_DOMAIN)) expect(ours).toContain(field);
  });

  test('a VF has every field of the guide', () => {
    const guide =
      '<hostdev mode="subsystem" type="pci" managed="yes"><source><address domain="0" bus="0" slot="2" function="1"/></source></hostdev>';
    expect(fields(written('libvirt', VF))).toEqual(fields(guide));
  });

  test('QEMU gets every option of the wiki', () => {
    const wiki = `vfio-pci,sysfsdev=/sys/bus/mdev/devices/${UUID},display=on,x-igd-opregion=on,driver=vfio-pci-nohotplug,ramfb=on,xres=1920,yres=1080`;
    const text = written('qemu', MDEV);
    const device = /-device (\S+)/.exec(text)?.[1] ?? '';
    expect(Object.fromEntries(deviceOptions(device))).toEqual(Object.fromEntries(deviceOptions(wiki)));
    for (const option of ['-enable-kvm', '-m 1G', '-nodefaults', '-display gtk,gl=on']) expect(text).toContain(`${option} `);
  });

  test('NixOS gets every option of the wiki', () => {
    const text = written('nixos', MDEV);
    for (const option of [
      'virtualisation.kvmgt.enable = true;',
      '"i915-GVTg_V5_8" = {',
      `uuid = [ "${UUID}" ];`,
      'boot.extraModprobeConfig = "options i915 enable_guc=2";',
      'virtualisation.libvirtd.enable = true;',
    ])
      expect(text).toContain(option);
  });

  test('docker, podman and incus get the words of the guide', () => {
    const words = (text: string) =>
      text
        .replace(/^#.*\n/gm, '')
        .replaceAll('\\\n', ' ')
        .trim()
        .split(/\s+/);
    expect(words(written('docker', RENDER)).slice(0, -1)).toEqual(
      'docker run --rm -it --device /dev/dri/renderD128 --group-add video --group-add render'.split(' '),
    );
    expect(words(written('podman', RENDER)).slice(0, -1)).toEqual(
      'podman run --rm -it --device /dev/dri/renderD128 --group-add keep-groups'.split(' '),
    );
    expect(words(written('incus', { ...VF, guest: 'vm' }))).toEqual(
      'incus config device add vm igpu-vf pci address=0000:00:02.1'.split(' '),
    );
  });
});

/** What today's form does otherwise, and why. `null`: the field is gone. */
const DIFFERENCES: readonly { readonly guide: string; readonly today: string | null; readonly because: string }[] = [
  {
    guide: '/domain/qemu:commandline/qemu:arg/@value=device.hostdev0.ramfb=on',
    today: '/domain/devices/hostdev/@ramfb=on',
    because: 'libvirt has the attribute since 5.9 and takes vfio-pci-nohotplug by itself with it',
  },
  {
    guide: '/domain/qemu:commandline/qemu:arg/@value=device.hostdev0.driver=vfio-pci-nohotplug',
    today: null,
    because: 'follows from ramfb',
  },
  {
    guide: '/domain/qemu:commandline/qemu:arg/@value=device.hostdev0.x-igd-opregion=on',
    today: '/domain/qemu:override/qemu:device/qemu:frontend/qemu:property/@name=x-igd-opregion',
    because: 'libvirt hands devices to QEMU as JSON now, where -set finds nothing; qemu:override (8.2) is made for it',
  },
  {
    guide: '/domain/qemu:commandline/qemu:arg/@value=device.hostdev0.xres=1920',
    today: '/domain/qemu:override/qemu:device/qemu:frontend/qemu:property/@value=1920',
    because: 'the same',
  },
  {
    guide: '/domain/qemu:commandline/qemu:arg/@value=device.hostdev0.yres=1080',
    today: '/domain/qemu:override/qemu:device/qemu:frontend/qemu:property/@value=1080',
    because: 'the same',
  },
  { guide: '/domain/qemu:commandline/qemu:arg/@value=-set', today: null, because: 'the same' },
  {
    guide: '/domain/qemu:commandline/qemu:env/@name=MESA_LOADER_DRIVER_OVERRIDE',
    today: null,
    because: 'Mesa 22 dropped i965; iris drives these GPUs',
  },
  { guide: '/domain/qemu:commandline/qemu:env/@value=i965', today: null, because: 'the same' },
  ...['type=pci', 'domain=0x0000', 'bus=0x00', 'slot=0x09', 'function=0x0'].map((part) => ({
    guide: `/domain/devices/hostdev/address/@${part}`,
    today: null,
    because: 'libvirt chooses a free slot, which on q35 is another',
  })),
];

test("today's form differs from the wiki's in what the list says, and in nothing else", () => {
  const today = fields(written('libvirt-domain', { ...MDEV, asGuide: false }));
  const missing = fields(WIKI_DOMAIN).filter((field) => !today.includes(field));
  expect([...new Set(missing)].sort()).toEqual(DIFFERENCES.map(({ guide }) => guide).sort());
  for (const { today: instead } of DIFFERENCES) if (instead !== null) expect(today).toContain(instead);
});

test('a VF that stays on vfio-pci is not managed by libvirt, one that the host drives is', () => {
  const bound = { ...VF, asGuide: false, slice: { ...VF.slice, driver: 'vfio-pci' } } as ExportCase;
  expect(written('libvirt', bound)).toContain("managed='no'");
  expect(written('libvirt', { ...VF, asGuide: false })).toContain("managed='yes'");
});

test('a whole GPU comes with its OpRegion, by libvirt as by QEMU', () => {
  for (const way of ['legacy', 'upt'] as const) {
    const one: ExportCase = { ...MDEV, asGuide: false, slice: { kind: 'pf', bdf: PF, driver: 'vfio-pci', way } };
    expect(written('libvirt-domain', one)).toContain("<qemu:property name='x-igd-opregion' type='bool' value='true'/>");
    expect(written('libvirt-domain', one)).toContain('xmlns:qemu=');
    expect(written('libvirt', one)).toContain('the domain needs qemu:override');
    expect(written('qemu', one)).toContain('x-igd-opregion=on');
  }
});

test.each(['media', '1.0', '123', 'true', 'null', 'no', '0x1f'])(
  'a service that is called %s has a name and no number',
  (name) => {
    const read = (version: '1.1' | '1.2') => parse(written('compose', { ...RENDER, guest: name }), { mapAsMap: true, version });
    for (const version of ['1.1', '1.2'] as const) expect([...read(version).get('services').keys()]).toEqual([name]);
  },
);
