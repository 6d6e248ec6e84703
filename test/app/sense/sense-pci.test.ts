// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test, vi } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { sensePci } from '../../../src/app/sense/sense-pci.ts';
import type { Bdf } from '../../../src/core/pci/address.ts';
import { machine } from '../../support/machine.ts';
import { knownValue } from './known-value.ts';

const bdfs = (devices: readonly { readonly bdf: Bdf }[]) => devices.map((device) => device.bdf);

describe('an Alder Lake iGPU with 7 VFs', () => {
  const seven = () =>
    machine()
      .withGpu()
      .withVfs(7)
      .withFunction({ bdf: '0000:00:00.0', device: '4601', class: '060000', driver: null, group: 1 })
      .withFunction({ bdf: '0000:00:1f.0', device: '5182', class: '060100', driver: null, group: 14 })
      .withFunction({ bdf: '0000:00:1f.3', device: '51c8', class: '040300', driver: 'snd_hda_intel', group: 14 })
      .withFunction({ bdf: '0000:00:14.0', device: '51ed', class: '0c0330', driver: 'xhci_hcd', group: 8 });

  test('shows the PF, its VFs by virtfnN and what travels with them', async () => {
    const facts = knownValue(await sensePci(memoryHost(seven().tree)));
    expect(bdfs(facts.displays)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'].map((fn) => `0000:00:02.${fn}`));
    expect(bdfs(facts.others)).toEqual(['0000:00:00.0', '0000:00:1f.0', '0000:00:1f.3']);
    expect(facts.displays[0]).toEqual({
      bdf: '0000:00:02.0',
      vendor: '8086',
      device: '46a6',
      subsystemVendor: '8086',
      subsystemDevice: '2212',
      class: '030000',
      revision: '0c',
      driver: 'i915',
      driverOverride: { state: 'known', value: null },
      iommuGroup: 0,
      bootVga: true,
      enabled: true,
      bars: [
        { index: 0, start: '0x603c000000', sizeBytes: 16 * 2 ** 20 },
        { index: 2, start: '0x4000000000', sizeBytes: 256 * 2 ** 20 },
        { index: 4, start: '0x3000', sizeBytes: 64 },
        { index: 6, start: '0xc0000', sizeBytes: 128 * 1024 },
        { index: 7, start: '0x0', sizeBytes: 7 * 16 * 2 ** 20 },
        { index: 9, start: '0x4020000000', sizeBytes: 7 * 512 * 2 ** 20 },
      ],
      resetMethods: ['flr', 'bus'],
      hasReset: true,
      hasRom: true,
      powerState: 'D0',
      numaNode: -1,
      sriov: {
        totalVfs: 7,
        offset: 1,
        stride: 1,
        vfDevice: '46a6',
        driversAutoprobe: true,
        vfs: [1, 2, 3, 4, 5, 6, 7].map((vf) => ({ index: vf - 1, bdf: `0000:00:02.${vf}` })),
      },
      sriovCapability: { state: 'known', value: true },
    });
    expect(facts.displays[3]).toMatchObject({
      physfn: '0000:00:02.0',
      driver: 'vfio-pci',
      driverOverride: { state: 'known', value: 'vfio-pci' },
      iommuGroup: 20,
      sriovCapability: { state: 'known', value: false },
    });
    expect(facts.iommuGroups).toEqual([
      { id: 0, members: ['0000:00:02.0'] },
      ...[1, 2, 3, 4, 5, 6, 7].map((vf) => ({ id: 17 + vf, members: [`0000:00:02.${vf}`] })),
    ]);
  });

  test('never reads sriov_numvfs, and driver_override only with a deadline', async () => {
    const read: string[] = [];
    const host = memoryHost(seven().tree, {
      onAccess: (_, path) => {
        read.push(path);
        return undefined;
      },
    });
    const reads = vi.spyOn(host, 'read');
    knownValue(await sensePci(host));
    const deadlines = reads.mock.calls
      .filter(([path]) => path.endsWith('driver_override'))
      .map(([, options]) => options?.timeoutMs);
    expect(read.length).toBeGreaterThan(100);
    expect(read.filter((path) => path.includes('sriov_numvfs'))).toEqual([]);
    expect(deadlines).toEqual(Array(8).fill(1000));
  });

  test('a held device lock makes the override unknown, with the reason, and nothing else', async () => {
    const host = memoryHost(seven().tree, {
      onAccess: (operation, path) => (operation === 'read' && path.endsWith('02.3/driver_override') ? 'HANG' : undefined),
    });
    const facts = knownValue(await sensePci(host));
    expect(facts.displays[3]?.driverOverride).toEqual({
      state: 'unknown',
      reason:
        '/sys/bus/pci/devices/0000:00:02.3/driver_override did not answer within 1000 ms: the device lock is held, somebody is unbinding it',
    });
    expect(facts.displays[2]?.driverOverride.state).toBe('known');
  });

  test('a VF that goes between the listing and its reads is left out', async () => {
    const there = seven();
    const host = memoryHost(there.tree, {
      onAccess: (operation, path) => {
        if (operation === 'read' && path === '/sys/bus/pci/devices/0000:00:02.5/vendor') there.withoutFunction('0000:00:02.5');
        return undefined;
      },
    });
    const facts = knownValue(await sensePci(host));
    expect(bdfs(facts.displays)).not.toContain('0000:00:02.5');
    expect(facts.displays).toHaveLength(7);
  });

  test('a caller in a hurry starts no child and reads no config space', async () => {
    const read: string[] = [];
    const host = memoryHost(seven().tree, {
      onAccess: (_, path) => {
        read.push(path);
        return undefined;
      },
    });
    const facts = knownValue(await sensePci(host, { withOverride: false, withConfig: false, withOthers: false }));
    expect(read.filter((path) => /driver_override|\/config$/.test(path))).toEqual([]);
    expect(facts.others).toEqual([]);
    expect(facts.displays).toHaveLength(8);
    expect(facts.displays[1]?.driverOverride).toEqual({ state: 'unknown', reason: 'driver_override was not read' });
  });

  test('only a PF means it and its VFs, without a scan of the bus', async () => {
    const listed: string[] = [];
    const host = memoryHost(seven().tree, {
      onAccess: (operation, path) => {
        if (operation === 'list') listed.push(path);
        return undefined;
      },
    });
    const facts = knownValue(await sensePci(host, { only: ['0000:00:02.0' as Bdf] }));
    expect(facts.displays).toHaveLength(8);
    expect(listed).not.toContain('/sys/bus/pci/devices');
    const one = knownValue(await sensePci(host, { only: ['0000:00:02.4' as Bdf] }));
    expect(bdfs(one.displays)).toEqual(['0000:00:02.4']);
    expect(one.iommuGroups).toEqual([{ id: 21, members: ['0000:00:02.4'] }]);
    expect(knownValue(await sensePci(host, { only: ['0000:07:00.0' as Bdf] })).displays).toEqual([]);
  });
});

describe('other machines', () => {
  test('without IOMMU there is no group, and the bridges are still listed', async () => {
    const facts = knownValue(
      await sensePci(
        memoryHost(
          machine().withGpu({ group: null }).withFunction({ bdf: '0000:00:00.0', class: '060000', driver: null, group: null })
            .tree,
        ),
      ),
    );
    expect(facts.displays[0]?.iommuGroup).toBeNull();
    expect(facts.iommuGroups).toEqual([]);
    expect(bdfs(facts.others)).toEqual(['0000:00:00.0']);
  });

  test('display devices of every vendor count, and members of their groups', async () => {
    const facts = knownValue(
      await sensePci(
        memoryHost(
          machine()
            .withGpu()
            .withFunction({ bdf: '0000:01:00.0', vendor: '10de', device: '2504', driver: 'nouveau', group: 15 })
            .withFunction({ bdf: '0000:01:00.1', vendor: '10de', device: '228e', class: '040300', driver: null, group: 15 })
            .withFunction({ bdf: '0000:00:01.0', device: '460d', class: '060400', driver: 'pcieport', group: 15 })
            .withFunction({ bdf: '0000:05:00.0', vendor: '1a03', device: '2000', class: '030000', driver: 'ast', group: 16 })
            .withFunction({ bdf: '0000:06:00.0', device: 'e20b', class: '038000', driver: 'xe', group: 17 }).tree,
        ),
      ),
    );
    expect(bdfs(facts.displays)).toEqual(['0000:00:02.0', '0000:01:00.0', '0000:05:00.0', '0000:06:00.0']);
    expect(bdfs(facts.others)).toEqual(['0000:00:01.0', '0000:01:00.1']);
    expect(facts.iommuGroups.find((group) => group.id === 15)?.members).toEqual(['0000:00:01.0', '0000:01:00.0', '0000:01:00.1']);
  });

  test('mediated device types come with their descriptions parsed', async () => {
    const description = 'low_gm_size: 128MB\nhigh_gm_size: 512MB\nfence: 4\nresolution: 1920x1200\nweight: 4\n';
    const uuid = '00000001-0000-0000-0000-000000000100';
    const tree = machine()
      .withFunction({ device: '3e92' })
      .withMdevType('0000:00:02.0', 'i915-GVTg_V5_4', description, 1, [uuid]).tree;
    expect(knownValue(await sensePci(memoryHost(tree))).displays[0]?.mdevTypes).toEqual([
      {
        id: 'i915-GVTg_V5_4',
        name: 'i915-GVTg_V5_4',
        availableInstances: 1,
        deviceApi: 'vfio-pci',
        description: description.trimEnd(),
        lowGmMiB: 128,
        highGmMiB: 512,
        fences: 4,
        resolution: '1920x1200',
        weight: 4,
        devices: [uuid],
      },
    ]);
  });

  test('a display device that is there and cannot be read makes the section unknown', async () => {
    const host = memoryHost(machine().withGpu().tree, {
      onAccess: (operation, path) => (operation === 'list' && path.endsWith('/0000:00:02.0') ? 'EIO' : undefined),
    });
    const reason = '/sys/bus/pci/devices/0000:00:02.0 cannot be read (EIO)';
    expect(await sensePci(host)).toEqual({ state: 'unknown', reason });
    expect(await sensePci(host, { only: ['0000:00:02.0' as Bdf] })).toEqual({ state: 'unknown', reason });
  });

  test('a device whose class cannot be read might be a GPU, one that is gone is none', async () => {
    const host = (errno: string) =>
      memoryHost(machine().withGpu().tree, {
        onAccess: (operation, path) => (operation === 'read' && path.endsWith('/0000:00:02.0/class') ? errno : undefined),
      });
    const reason = '/sys/bus/pci/devices/0000:00:02.0/class cannot be read (EIO)';
    expect(await sensePci(host('EIO'))).toEqual({ state: 'unknown', reason });
    expect(knownValue(await sensePci(host('ENODEV'))).displays).toEqual([]);
  });

  test('no PCI bus is an empty answer, no /sys and an unreadable one are unknown', async () => {
    const empty = machine();
    empty.tree.remove('/sys/bus/pci');
    expect(knownValue(await sensePci(memoryHost(empty.tree))).displays).toEqual([]);
    empty.tree.remove('/sys');
    expect(await sensePci(memoryHost(empty.tree))).toMatchObject({ state: 'unknown' });
    const denied = memoryHost(machine().withGpu().tree, {
      onAccess: (operation, path) => (operation === 'list' && path === '/sys/bus/pci/devices' ? 'EACCES' : undefined),
    });
    expect(await sensePci(denied)).toEqual({ state: 'unknown', reason: '/sys/bus/pci/devices cannot be read (EACCES)' });
  });
});
