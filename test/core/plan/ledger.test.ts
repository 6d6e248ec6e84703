// SPDX-License-Identifier: AGPL-3.0-or-later

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EMPTY_LEDGER,
  forgetFile,
  forgetGuest,
  forgetPool,
  recordFile,
  recordGuest,
  recordPackage,
  recordPin,
  recordPool,
  recordUnit,
} from '../../../src/core/plan/ledger.ts';
import { parseLedger } from '../../../src/core/plan/parse-ledger.ts';
import { printStored } from '../../../src/core/plan/stored-format.ts';
import { poolOf } from '../../app/engine/plans.ts';

const before = { kind: 'file', base64: 'b2xk', mode: 0o600, uid: 0, gid: 0 } as const;

describe('files', () => {
  test('the first image stays the pristine one', () => {
    const once = recordFile(EMPTY_LEDGER, '/etc/a', before, 'sha1');
    const twice = recordFile(once, '/etc/a', { kind: 'absent' }, 'sha2');
    expect(twice.files).toEqual({ '/etc/a': { pristine: before, wroteSha1: 'sha2' } });
    expect(forgetFile(twice, '/etc/a')).toEqual(EMPTY_LEDGER);
  });
});

describe('guests', () => {
  test('a key keeps the value it had before us, through several changes', () => {
    const first = recordGuest(EMPTY_LEDGER, 'qemu', 101, {
      args: { before: null, value: '-a' },
      vga: { before: 'std', value: 'none' },
    });
    const second = recordGuest(first, 'qemu', 101, { args: { before: '-a', value: '-a -b' } });
    expect(second.guests['101']?.keys).toEqual({ args: { before: null, value: '-a -b' }, vga: { before: 'std', value: 'none' } });
  });

  test('a key that has its first value again is forgotten, and with the last key the guest', () => {
    const ours = recordGuest(EMPTY_LEDGER, 'qemu', 101, { vga: { before: 'std', value: 'none' } });
    expect(recordGuest(ours, 'qemu', 101, { vga: { before: 'none', value: 'std' } })).toEqual(EMPTY_LEDGER);
    expect(forgetGuest(ours, 101, ['other'])).toEqual(ours);
    expect(forgetGuest(ours, 101, ['vga'])).toEqual(EMPTY_LEDGER);
    expect(forgetGuest(ours, 101)).toEqual(EMPTY_LEDGER);
  });

  test('names that every object has are ordinary names', () => {
    const odd = recordFile(recordPool(EMPTY_LEDGER, 'constructor', null), 'toString', before, null);
    expect(Object.entries(odd.pools)).toEqual([['constructor', { ours: true }]]);
    expect(Object.entries(odd.files)).toEqual([['toString', { pristine: before, wroteSha1: null }]]);
  });
});

test('pools: ours or changed by us', () => {
  expect(recordPool(EMPTY_LEDGER, 'p', null).pools).toEqual({ p: { ours: true } });
  const changed = recordPool(EMPTY_LEDGER, 'p', poolOf(1));
  expect(recordPool(changed, 'p', poolOf(1, 2)).pools).toEqual({ p: { ours: false, before: poolOf(1) } });
  expect(forgetPool(changed, 'p')).toEqual(EMPTY_LEDGER);
});

describe('on disk', () => {
  test('what is written is read', () => {
    const value = fc.option(fc.string(), { nil: null });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 100, max: 999 }), fc.string({ minLength: 1 }), value, value), { maxLength: 8 }),
        (changes) => {
          let ledger = recordPool(recordFile(EMPTY_LEDGER, '/etc/a', before, null), 'p', poolOf(1, 2));
          for (const [vmid, key, old, now] of changes)
            ledger = recordGuest(ledger, 'qemu', vmid, { [`k${key}`]: { before: old, value: now } });
          expect(parseLedger(printStored(ledger), 'x')).toEqual({ ok: true, value: ledger });
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a ledger from before packages, units and pins were noted is read', () => {
    const old = {
      format: 1,
      lastRun: 3,
      files: {
        '/etc/modprobe.d/pveigpu.conf': { pristine: { kind: 'absent' }, wroteSha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
      },
      guests: { '101': { kind: 'qemu', keys: { hostpci0: { before: null, value: 'mapping=igpu-vf' } } } },
      pools: { 'igpu-vf': { ours: true } },
    };
    expect(parseLedger(printStored(old), 'x')).toEqual({ ok: true, value: { ...old, packages: {}, units: {} } });
  });

  test('all that host set-up notes is read as it was written', () => {
    const edit = { kind: 'kernel-parameters', format: 'kernel-cmdline', added: ['a=1'], removed: ['quiet'] } as const;
    let ledger = recordFile(EMPTY_LEDGER, '/etc/kernel/cmdline', before, 'sha1', edit);
    ledger = recordFile(ledger, '/etc/sysfs.conf', before, 'sha2', { kind: 'lines', added: ['#x'], removed: ['x'] });
    ledger = recordUnit(recordPackage(ledger, 'dkms', null, undefined), 'pveigpu-boot.service', false, true);
    ledger = recordPin(recordPackage(ledger, 'linux', '6.1', '6.2'), null, '6.14.8-2-pve');
    expect(ledger).toMatchObject({
      packages: { dkms: null, linux: '6.1' },
      units: { 'pveigpu-boot.service': false },
      pin: { before: null },
    });
    expect(parseLedger(printStored(ledger), 'x')).toEqual({ ok: true, value: ledger });
    for (const [from, to] of [
      ['"cmdline"', '"cmd"'],
      ['"quiet"', '7'],
      ['"6.1"', '6'],
      ['false', '"no"'],
    ] as const) {
      const spoiled = printStored(ledger).replace(from, to);
      if (spoiled !== printStored(ledger)) expect(parseLedger(spoiled, 'x').ok, `${from} as ${to}`).toBe(false);
    }
  });

  test('what is as before us is forgotten', () => {
    const packages = recordPackage(recordPackage(EMPTY_LEDGER, 'dkms', null, '3'), 'dkms', '3', null);
    const units = recordUnit(recordUnit(packages, 'u.service', false, true), 'u.service', true, false);
    expect(recordPin(recordPin(recordPin(units, 'a', 'b'), 'b', 'c'), 'c', 'a')).toEqual(EMPTY_LEDGER);
  });

  test.each([
    ['', 'format.unreadable', 'it is not complete JSON'],
    ['{"format":1,"lastRun":1,"fi', 'format.unreadable', 'it is not complete JSON'],
    ['[]', 'format.unreadable', 'it is not a JSON object'],
    ['{"lastRun":1}', 'format.unreadable', 'it names no format'],
    ['{"format":0}', 'format.unreadable', 'format 0 is not known'],
    [
      '{"format":1,"lastRun":1,"files":{},"guests":{"101":{"kind":"qemu","keys":7}},"pools":{}}',
      'format.unreadable',
      'guests.101.keys',
    ],
    ['{"format":9,"lastRun":1}', 'format.newer', 'has format 9; this pveigpu knows up to 1'],
  ])('%j is %s', (text, code, message) => {
    const answer = parseLedger(text, '/var/lib/pveigpu/ledger.json');
    expect(answer).toMatchObject({ ok: false, problem: { code, message: expect.stringContaining(message) } });
    expect(!answer.ok && answer.problem.message).toContain('/var/lib/pveigpu/ledger.json');
  });
});
