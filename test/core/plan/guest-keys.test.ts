// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rewriteLikePve } from '../../../src/core/guest/vm-rewrite.ts';
import { changeTowards, effectiveValue, readGuestKeys, sameValue } from '../../../src/core/plan/guest-keys.ts';

const CONFIG = [
  '#notes: not a key',
  'args: -cpu host',
  'hostpci0: 0000:00:02.1\r',
  'memory: 2048',
  'memory: 4096',
  '',
  '[PENDING]',
  'delete: args,!net0',
  'vga: none',
  '',
  '[before]',
  'vga: std',
  'cores: 8',
].join('\n');

describe('reading', () => {
  test('current and pending, as PVE reads them', () => {
    const keys = readGuestKeys(CONFIG, 'qemu');
    expect(keys.current).toEqual({ args: '-cpu host', hostpci0: '0000:00:02.1', memory: '4096' });
    expect(keys.pending).toEqual({ vga: 'none' });
    expect(keys.pendingDeletes).toEqual(['args', 'net0']);
    expect(['args', 'vga', 'memory', 'cores'].map((key) => effectiveValue(keys, key))).toEqual([null, 'none', '4096', null]);
  });

  test('containers name their pending section otherwise', () => {
    const text = 'cores: 1\n\n[pve:pending]\ncores: 2\n\n[PENDING]\ncores: 3\n';
    expect(effectiveValue(readGuestKeys(text, 'lxc'), 'cores')).toBe('2');
  });
});

describe('the way to some values', () => {
  test('takes a pending change back where that is enough', () => {
    const keys = readGuestKeys(CONFIG, 'qemu');
    expect(changeTowards(keys, { args: '-cpu host', vga: null, memory: '1', hostpci0: null, cores: null })).toEqual({
      set: { memory: '1' },
      remove: ['hostpci0'],
      revert: ['args', 'vga'],
    });
  });

  test('PVE gets there from any change, guest running or not', () => {
    const value = fc.constantFrom('std', 'none', null);
    const values = fc.record({ vga: value, args: fc.constantFrom('-a', '-b', null), tags: fc.constantFrom('a', 'b;a', null) });
    const split = (wanted: { readonly [key: string]: string | null }) => ({
      set: Object.fromEntries(Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== null)),
      remove: Object.keys(wanted).filter((key) => wanted[key] === null),
    });
    fc.assert(
      fc.property(values, values, fc.boolean(), (there, back, running) => {
        const start = 'args: -a\nmemory: 1\nvga: std\n';
        const changed = rewriteLikePve(start, { ...split(there), running }).text;
        const change = changeTowards(readGuestKeys(changed, 'qemu'), back);
        const keys = readGuestKeys(rewriteLikePve(changed, { ...change, running }).text, 'qemu');
        for (const [key, wanted] of Object.entries(back))
          expect(sameValue(key, effectiveValue(keys, key), wanted), key).toBe(true);
        expect(effectiveValue(keys, 'memory')).toBe('1');
      }),
      { numRuns: 200 },
    );
  });
});
