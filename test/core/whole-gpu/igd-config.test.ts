// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuBits, iommuBits } from '../../../src/core/whole-gpu/address-width.ts';
import { argsDevice, changedArgs, propertyWords } from '../../../src/core/whole-gpu/gpu-args.ts';
import { igdSetting } from '../../../src/core/whole-gpu/igd-config.ts';

/** By QEMU hw/vfio/igd.c and docs/igd-assign.txt of the versions named. */
describe('what each generation needs of each QEMU', () => {
  test.each([
    ['Coffee Lake, 8.2', { generation: 9, qemu: '8.2' }, 'legacy', ['x-igd-gms=2']],
    ['Coffee Lake, 10.0', { generation: 9, qemu: '10.0' }, 'legacy', []],
    ['Sandy Bridge, 10.2, ROM', { generation: 6, qemu: '10.2', hasRom: true }, 'legacy', []],
    ['Coffee Lake, not primary, 10.1', { generation: 9, qemu: '10.1', isVga: false }, 'headless', []],
    ['Ice Lake, 10.0', { generation: 11, qemu: '10.0' }, 'headless', ['x-igd-opregion=on']],
    ['Ice Lake, 10.1', { generation: 11, qemu: '10.1' }, 'headless', []],
    ['Alder Lake, 9.2, ROM', { generation: 12, qemu: '9.2', hasRom: true }, 'uefi', ['x-igd-opregion=on']],
    ['Alder Lake, 10.0, ROM', { generation: 12, qemu: '10.0', hasRom: true }, 'uefi', ['x-igd-opregion=on', 'x-igd-lpc=on']],
    ['Alder Lake, 10.1, ROM', { generation: 12, qemu: '10.1', hasRom: true }, 'uefi', ['x-igd-lpc=on']],
    ['Meteor Lake, 10.1, ROM', { generation: -1, qemu: '10.1', hasRom: true }, 'uefi', ['x-igd-lpc=on']],
    ['Alder Lake, not primary, 10.0, ROM', { generation: 12, qemu: '10.0', hasRom: true, isVga: false }, 'headless', []],
  ] as const)('%s', (_, given, id, properties) => {
    const setting = igdSetting({ isVga: true, hasRom: false, ...given });
    expect(setting.id).toBe(id);
    expect(setting.properties.map(([name, value]) => `${name}=${value}`)).toEqual(properties);
  });

  test("PVE's legacy-igd is only asked for with the machine and display that PVE wants for it", () => {
    const any = fc.record({
      generation: fc.constantFrom(-1, 6, 7, 8, 9, 11, 12),
      qemu: fc.constantFrom('7.2', '8.2', '9.2', '10.0', '10.1', '10.2'),
      isVga: fc.boolean(),
      hasRom: fc.boolean(),
    });
    fc.assert(
      fc.property(any, (igd) => {
        const setting = igdSetting(igd);
        expect(setting.legacyIgd).toBe(setting.machine === 'pc' && setting.noVga);
      }),
    );
  });
});

test('address widths, as processor and IOMMU tell them', () => {
  // i915-sriov-dkms issue 328 shows an N100: "Host address width 39".
  expect(iommuBits('1c0000c40660462\n')).toBe(39);
  expect(iommuBits('d2008c40660462\n')).toBe(39);
  expect(iommuBits('no')).toBeUndefined();
  expect(cpuBits('processor\t: 0\naddress sizes\t: 46 bits physical, 48 bits virtual\n')).toBe(46);
  expect(cpuBits('')).toBeUndefined();
});

describe('a device in args', () => {
  const GPU = '0000:00:02.0';

  test('in the forms of the guides', () => {
    expect(argsDevice("-device 'vfio-pci,host=00:02.0,addr=0x18,x-igd-opregion=on'", GPU)).toMatchObject({
      ok: true,
      value: { properties: [['x-igd-opregion', 'on']] },
    });
    expect(argsDevice('-device vfio-pci,host=0000:00:02.0,romfile=/usr/share/kvm/a.rom', GPU)).toMatchObject({
      ok: true,
      value: { romfile: 'a.rom', properties: [] },
    });
    expect(argsDevice('-device vfio-pci,host=00:0e.0', GPU)).toEqual({ ok: true, value: undefined });
    expect(argsDevice("-device 'vfio-pci", GPU)).toMatchObject({ ok: false });
  });

  test('a hostile property becomes no word of its own', () => {
    const found = argsDevice('-device vfio-pci,host=00:02.0,x-igd-gms=2,x-a.b=c,x-ok=1', GPU);
    expect(found).toMatchObject({
      value: {
        properties: [
          ['x-igd-gms', '2'],
          ['x-ok', '1'],
        ],
      },
    });
  });

  test('words are added once, and an empty line goes', () => {
    const words = propertyWords('hostpci0', [['x-igd-lpc', 'on']]);
    expect(changedArgs('-set device.hostpci0.x-igd-lpc=on', [], words)).toEqual({ ok: true, value: undefined });
    expect(changedArgs(undefined, [], words)).toEqual({ ok: true, value: '-set device.hostpci0.x-igd-lpc=on' });
    expect(changedArgs('-device vfio-pci,host=00:02.0', ['-device', 'vfio-pci,host=00:02.0'], [])).toEqual({
      ok: true,
      value: null,
    });
  });
});
