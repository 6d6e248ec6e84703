// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Hostpci,
  hostpciContradiction,
  hostpciFlag,
  hostpciValue,
  makeHostpci,
  parseHostpci,
  printHostpci,
  withHostpciKey,
} from '../../../src/core/guest/hostpci.ts';
import { expandAddress, hostpciNames, hostpciTargets } from '../../../src/core/guest/hostpci-targets.ts';
import type { Bdf } from '../../../src/core/pci/address.ts';

function read(text: string): Hostpci {
  const parsed = parseHostpci(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

describe('parseHostpci', () => {
  // Both lists as qm set took or refused them on Proxmox VE 9.2.11.
  test.each([
    '0000:00:02.8',
    '00:02.2',
    'host=0000:00:02.3,rombar=0',
    '0000:00:02.4;0000:00:02.5',
    '',
    'pcie=1',
    'x-vga=1',
    '0000:00:02.1,rombar=yes',
    '0000:00:02.1,romfile=../x.rom',
    '0000:00:02.1,romfile=/root/abs.rom',
    '0000:00:02.1,legacy-igd=1,x-vga=on',
    '0000:00:02.1,vendor-id=0x8086,device-id=0x4680,sub-vendor-id=0x1043,sub-device-id=0x8694',
    '0000:00:02.1,driver=keep',
    'host=0000:00:02.1,mapping=igpu',
    'mapping=igpu,mdev=i915-GVTg_V5_4',
    '00:02,legacy-igd=1',
  ])('takes %j and prints it back', (text) => {
    expect(printHostpci(read(text))).toBe(text);
  });

  test.each([
    ['0000:00:02.1,foo=1', '"foo" is no property of it'],
    ['00:2.1', '"00:2.1" is no value for "host"'],
    ['0000:00:02.1,pcie=2', '"2" is no value for "pcie"'],
    ['0000:00:02.1,pcie', 'duplicate key "host"'],
    ['0000:00:02.1,0000:00:02.2', 'duplicate key "host"'],
    ['host=0000:00:02.1,host=0000:00:02.2', 'duplicate key "host"'],
    ['0000:00:02.1,vendor-id=8086', '"8086" is no value for "vendor-id"'],
    ['host=0000:00:1g.0', '"0000:00:1g.0" is no value for "host"'],
    ['mapping=igpu;x', '"igpu;x" is no value for "mapping"'],
    ['0000:00:02.1, pcie=1', '" pcie" is no property of it'],
    ['mapping=', 'missing key or value in "mapping="'],
  ])('refuses %j', (text, reason) => {
    expect(parseHostpci(text)).toMatchObject({ ok: false, problem: { code: 'guest.config' } });
    const parsed = parseHostpci(text);
    expect(parsed.ok ? '' : parsed.problem.message).toBe(`The passthrough entry "${text}" is not valid: ${reason}.`);
  });
});

describe('a hostpci value', () => {
  test('answers for its keys', () => {
    const value = read('mapping=igpu-vf,pcie=on,rombar=0');
    expect(hostpciValue(value, 'mapping')).toBe('igpu-vf');
    expect([hostpciFlag(value, 'pcie'), hostpciFlag(value, 'rombar'), hostpciFlag(value, 'x-vga')]).toEqual([true, false, false]);
    expect(hostpciFlag(read('00:02.1'), 'rombar')).toBe(true);
  });

  test('is changed in one key and kept in all others, blank parts included', () => {
    expect(printHostpci(withHostpciKey(read('00:02.1,,pcie=on'), 'host', '0000:00:02.3'))).toBe('0000:00:02.3,,pcie=on');
    expect(printHostpci(withHostpciKey(read('host=00:02.1'), 'host', '0000:00:02.3'))).toBe('host=0000:00:02.3');
    expect(printHostpci(withHostpciKey(read('00:02.1,pcie=on'), 'pcie', null))).toBe('00:02.1');
    expect(printHostpci(withHostpciKey(read('00:02.1'), 'romfile', 'igd.rom'))).toBe('00:02.1,romfile=igd.rom');
  });

  test('is made from keys', () => {
    expect(printHostpci(makeHostpci({ mapping: 'igpu-vf', pcie: '1' }))).toBe('mapping=igpu-vf,pcie=1');
    expect(printHostpci(makeHostpci({ host: '0000:00:02.1' }))).toBe('0000:00:02.1');
  });

  test('may say what PVE only refuses at start', () => {
    expect(hostpciContradiction(read('0000:00:02.1,mapping=igpu'))).toContain('both');
    expect(hostpciContradiction(read('pcie=1'))).toContain('neither');
    expect(hostpciContradiction(read('mapping=igpu'))).toBeUndefined();
  });

  test('survives any change that is taken back', () => {
    const key = fc.constantFrom('rombar', 'pcie', 'x-vga', 'legacy-igd') as fc.Arbitrary<
      'rombar' | 'pcie' | 'x-vga' | 'legacy-igd'
    >;
    fc.assert(
      fc.property(fc.constantFrom('00:02.1', 'mapping=a-b', 'host=0000:00:02.0;0000:00:1f.3,driver=keep'), key, (text, name) => {
        const changed = withHostpciKey(read(text), name, '1');
        expect(printHostpci(read(printHostpci(changed)))).toBe(`${text},${name}=1`);
        expect(printHostpci(withHostpciKey(changed, name, null))).toBe(text);
      }),
    );
  });
});

describe('any value', () => {
  const word = fc.oneof(
    fc.constantFrom(
      '0000:00:02.1',
      '00:02.1;00:02.2',
      'igpu-vf',
      '1',
      'on',
      'no',
      'keep',
      '0x8086',
      'i915-GVTg_V5_4',
      '../x.rom',
    ),
    fc.string({ unit: 'grapheme-ascii', maxLength: 6 }),
  );
  const part = fc.oneof(
    fc
      .tuple(fc.constantFrom('host', 'mapping', 'mdev', 'romfile', 'pcie', 'rombar', 'driver', 'vendor-id', ''), word)
      .map((pair) => pair.join('=')),
    word,
    fc.constant(''),
  );

  test('that is taken prints back byte for byte', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const text = parts.join(',');
        const parsed = parseHostpci(text);
        if (!parsed.ok) return;
        taken += 1;
        expect(printHostpci(parsed.value)).toBe(text);
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});

describe('what a value touches', () => {
  const present = ['0000:00:02.0', '0000:00:02.1', '0000:00:02.2', '0000:00:1f.3', '0001:00:02.0'] as Bdf[];

  test('an address without a function is the PF and every VF in its slot', () => {
    expect(expandAddress('00:02', present)).toEqual(['0000:00:02.0', '0000:00:02.1', '0000:00:02.2']);
    expect(expandAddress('0000:00:02.1', present)).toEqual(['0000:00:02.1']);
    expect(expandAddress('0001:00:02', present)).toEqual(['0001:00:02.0']);
    expect(expandAddress('00:03.0', present)).toEqual([]);
  });

  test('a list is all of its devices, a mapping any of the entries for the node', () => {
    const entry = { id: '8086:4680', node: 'a' };
    const pools = [
      {
        id: 'igpu-vf',
        mdev: false,
        liveMigrationCapable: false,
        entries: [
          { ...entry, path: '0000:00:02.1' },
          { ...entry, path: '0000:00:02.2;0000:00:1f.3' },
          { ...entry, node: 'b', path: '0000:00:02.0' },
        ],
      },
    ];
    expect(hostpciTargets(read('00:02.1;00:1f.3'), present, pools, 'a')).toEqual(['0000:00:02.1', '0000:00:1f.3']);
    expect(hostpciTargets(read('mapping=igpu-vf'), present, pools, 'a')).toEqual([
      '0000:00:02.1',
      '0000:00:02.2',
      '0000:00:1f.3',
    ]);
    expect(hostpciTargets(read('mapping=other'), present, pools, 'a')).toEqual([]);
    expect(hostpciNames(read('pcie=1'))).toEqual({ kind: 'nothing' });
  });
});
