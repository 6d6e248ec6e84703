// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { Guest, GuestKind, Pool } from '../../../src/core/facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../../../src/core/facts/pci-facts.ts';
import { guestSections } from '../../../src/core/guest/guest-sections.ts';
import { devicesOfSlice, liveMigrationBlockers, slicesOf } from '../../../src/core/guest/guest-slices.ts';
import {
  currentValue,
  freeHostpciKey,
  graphicsArgs,
  hostpciEntries,
  isPending,
  isTemplate,
  isVirGl,
  lockOf,
  machineFamily,
  nextValue,
  snapshotsWithRam,
  vgaType,
} from '../../../src/core/guest/guest-view.ts';
import type { Bdf } from '../../../src/core/pci/address.ts';

function guest(text: string, kind: GuestKind = 'qemu'): Guest {
  return { vmid: 101, kind, node: 'pvelab', running: { state: 'known', value: false }, ...guestSections(kind, text) };
}

const bdf = (text: string) => text as Bdf;

function device(address: string, more: Partial<PciDevice> = {}): PciDevice {
  return {
    bdf: bdf(address),
    vendor: '8086',
    device: '4680',
    class: '030000',
    driver: null,
    driverOverride: { state: 'absent' },
    iommuGroup: 1,
    bars: [],
    hasReset: true,
    hasRom: false,
    sriovCapability: { state: 'absent' },
    ...more,
  };
}

const UUID = '00000000-0000-0000-0000-000000000101';
const PF = device('0000:00:02.0', {
  sriov: { totalVfs: 7, vfs: [1, 2].map((one) => ({ index: one - 1, bdf: bdf(`0000:00:02.${one}`) })) },
  mdevTypes: [{ id: 'i915-GVTg_V5_4', availableInstances: 1, description: '', devices: [UUID] }],
});
const PCI: PciFacts = {
  displays: [PF, device('0000:00:02.1'), device('0000:00:02.2')],
  others: [device('0000:00:1f.3', { class: '040300' })],
  iommuGroups: [],
};
const POOL: Pool = {
  id: 'igpu-vf',
  mdev: false,
  liveMigrationCapable: false,
  entries: [
    { node: 'pvelab', id: '8086:4680', path: '0000:00:02.1' },
    { node: 'pvelab', id: '8086:4680', path: '0000:00:02.2' },
    { node: 'other', id: '8086:4680', path: '0000:00:02.0' },
  ],
};
const CONTEXT = { pci: PCI, pools: [POOL], node: 'pvelab' };

describe('a guest with pending changes', () => {
  const one = guest(
    'args: -S\nhostpci0: 0000:00:02.1\nvga: std\n\n[PENDING]\ndelete: args\nhostpci1: mapping=igpu-vf\nvga: none\n',
  );

  test('has other values now and at its next start', () => {
    expect([currentValue(one, 'args'), nextValue(one, 'args')]).toEqual(['-S', undefined]);
    expect([currentValue(one, 'vga'), nextValue(one, 'vga')]).toEqual(['std', 'none']);
    expect([currentValue(one, 'hostpci0'), nextValue(one, 'hostpci0')]).toEqual(['0000:00:02.1', '0000:00:02.1']);
    expect(['args', 'vga', 'hostpci0'].map((key) => isPending(one, key))).toEqual([true, true, false]);
    expect(hostpciEntries(one, 'current').map((entry) => entry.key)).toEqual(['hostpci0']);
    expect(hostpciEntries(one, 'next').map((entry) => entry.key)).toEqual(['hostpci0', 'hostpci1']);
  });

  test('offers a key that neither uses', () => {
    expect(freeHostpciKey(one)).toBe('hostpci2');
    const full = guest(Array.from({ length: 16 }, (_, index) => `hostpci${index}: mapping=xx\n`).join(''));
    expect(freeHostpciKey(full)).toBeUndefined();
  });
});

describe('what is known of a guest', () => {
  test.each([
    ['vga: virtio-gl\n', true, 'virtio-gl'],
    ['vga: type=virtio-gl,memory=64\n', true, 'virtio-gl'],
    ['vga: memory=64,virtio\n', false, 'virtio'],
    ['', false, 'std'],
  ])('%j', (text, isGl, type) => {
    expect([isVirGl(guest(text)), vgaType(guest(text), 'next')]).toEqual([isGl, type]);
  });

  test.each([
    ['', 'i440fx'],
    ['machine: pc-i440fx-8.1\n', 'i440fx'],
    ['machine: q35\n', 'q35'],
    ['machine: viommu=intel,type=pc-q35-9.0+pve1\n', 'q35'],
    ['machine: virt\n', 'virt'],
  ] as const)('machine of %j', (text, family) => {
    expect(machineFamily(guest(text), 'current')).toBe(family);
  });

  test('template, lock and snapshots with memory', () => {
    const one = guest('template: 1\nlock: backup\n[cold]\nmemory: 1\n[warm]\nvmstate: local:101/vm-101-state-warm.raw\n');
    expect([isTemplate(one), lockOf(one), snapshotsWithRam(one)]).toEqual([true, 'backup', ['warm']]);
    expect([isTemplate(guest('')), lockOf(guest('')), snapshotsWithRam(guest(''))]).toEqual([false, undefined, []]);
  });

  test('a snapshot that is called pending or current does not stand for the section', () => {
    const one = guest('vga: std\n[current]\nvga: none\n');
    expect(currentValue(one, 'vga')).toBe('std');
    expect(currentValue({ ...one, sections: [...one.sections].reverse() }, 'vga')).toBe('std');
  });

  test('graphics options of args', () => {
    expect(graphicsArgs(guest('args: -S -device vfio-pci,host=00:02.0\n'), 'current').map((item) => item.kind)).toEqual([
      'vfio-device',
    ]);
    expect(graphicsArgs(guest("args: -device vfio-pci,host=00:02.0 'open\n"), 'current')).toEqual([]);
  });
});

describe('slicesOf', () => {
  const slices = (text: string, kind: GuestKind = 'qemu') => slicesOf(guest(text, kind), 'next', CONTEXT);

  test.each([
    ['hostpci0: 0000:00:02.0\n', [{ via: 'hostpci0', kind: 'pf', bdf: '0000:00:02.0' }]],
    ['hostpci0: 00:02.2\n', [{ via: 'hostpci0', kind: 'vf', bdf: '0000:00:02.2', pf: '0000:00:02.0', index: 1 }]],
    ['hostpci3: 00:1f.3\n', [{ via: 'hostpci3', kind: 'device', bdf: '0000:00:1f.3' }]],
    ['hostpci0: 00:03.0\n', [{ via: 'hostpci0', kind: 'missing', address: '0000:00:03.0' }]],
    [
      'hostpci0: mapping=igpu-vf\n',
      [{ via: 'hostpci0', kind: 'pool', pool: 'igpu-vf', candidates: ['0000:00:02.1', '0000:00:02.2'] }],
    ],
    ['hostpci0: mapping=nope\n', [{ via: 'hostpci0', kind: 'pool', pool: 'nope', candidates: [] }]],
    [
      'hostpci0: 00:02.0,mdev=i915-GVTg_V5_4\n',
      [{ via: 'hostpci0', kind: 'mdev', parent: '0000:00:02.0', pool: null, type: 'i915-GVTg_V5_4' }],
    ],
    ['args: -device vfio-pci,host=00:02.0\n', [{ via: 'args', kind: 'pf', bdf: '0000:00:02.0' }]],
    [
      'args: -device vfio-pci,sysfsdev=/sys/bus/pci/devices/0000:00:02.1\n',
      [{ via: 'args', kind: 'vf', bdf: '0000:00:02.1', pf: '0000:00:02.0', index: 0 }],
    ],
    [
      `args: -device vfio-pci,sysfsdev=/sys/bus/mdev/devices/${UUID}\n`,
      [{ via: 'args', kind: 'mdev', parent: '0000:00:02.0', pool: null, type: 'i915-GVTg_V5_4' }],
    ],
    ['hostpci0: nonsense\n', []],
  ])('%s', (text, expected) => {
    expect(slices(text)).toEqual(expected);
  });

  test('an address without a function takes the PF with all its VFs', () => {
    expect(slices('hostpci0: 00:02\n').map((slice) => slice.kind)).toEqual(['pf', 'vf', 'vf']);
  });

  test('a container shares nodes with the host', () => {
    const text = 'dev0: /dev/dri/renderD128,gid=104\ndev1: /dev/null\nlxc.mount.entry: /dev/dri dev/dri none bind\n';
    expect(slices(text, 'lxc')).toEqual([
      { via: 'dev0', kind: 'shared', path: '/dev/dri/renderD128' },
      { via: 'lxc', kind: 'shared', path: '/dev/dri' },
    ]);
  });

  test('says which functions a slice may touch', () => {
    const touched = (text: string) => slices(text).flatMap((slice) => [...devicesOfSlice(slice)]);
    expect(touched('hostpci0: mapping=igpu-vf\nhostpci1: 00:02.0\n')).toEqual(['0000:00:02.1', '0000:00:02.2', '0000:00:02.0']);
    expect(touched('hostpci0: 00:03.0\n')).toEqual([]);
  });
});

test('liveMigrationBlockers names what keeps a guest here', () => {
  const one = guest('args: -device vfio-pci,host=00:02.1\nhostpci0: mapping=igpu-vf\nhostpci1: 00:02.2\n');
  expect(liveMigrationBlockers(one, 'current', [POOL])).toEqual(['hostpci0', 'hostpci1', 'args']);
  expect(liveMigrationBlockers(one, 'current', [{ ...POOL, liveMigrationCapable: true }])).toEqual(['hostpci1', 'args']);
  expect(liveMigrationBlockers(guest('vga: std\n'), 'current', [POOL])).toEqual([]);
});
