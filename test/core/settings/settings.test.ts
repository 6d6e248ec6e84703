// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSettings } from '../../../src/core/settings/settings.ts';
import { anyText } from '../../support/any-text.ts';

const read = (text: string) => parseSettings(text, 'pveigpu.conf');

describe('pveigpu.conf', () => {
  test('an empty file and one with comments alone leave the defaults', () => {
    expect(read('')).toEqual({ ok: true, value: { hook: false } });
    expect(read('; nothing\n# here\n[assign]\n')).toEqual({ ok: true, value: { hook: false } });
  });

  test('everything set', () => {
    expect(
      read('[assign]\npool = gpus\nhook-storage = nfs1 ; shared\nhook = yes\n[vf]\ncount = 4\n[kernel]\npin-on-upgrade = yes\n'),
    ).toEqual({
      ok: true,
      value: { pool: 'gpus', hookStorage: 'nfs1', hook: true, vfCount: 4, pinOnUpgrade: true },
    });
  });

  test.each([
    ['true', true],
    ['1', true],
    ['on', true],
    ['off', false],
    ['no', false],
    ['false', false],
    ['0', false],
  ])('hook = %s', (text, hook) => {
    expect(read(`[assign]\nhook = ${text}\n`)).toEqual({ ok: true, value: { hook } });
  });

  test.each([
    ['[assign]\npol = x\n', 'pveigpu.conf: [assign] has no setting "pol".'],
    ['[assgn]\npool = x\n', 'pveigpu.conf: there is no section or setting "assgn".'],
    ['pool = x\n', 'pveigpu.conf: there is no section or setting "pool".'],
    ['[vf]\ncount = 0\n', 'pveigpu.conf: [vf] count is no number of VFs.'],
    ['[vf]\ncount\n', 'pveigpu.conf: [vf] count has no usable value.'],
    ['[assign]\nhook = maybe\n', 'pveigpu.conf: [assign] hook is neither yes nor no.'],
    ['[assign]\npool = a b\n', 'pveigpu.conf: [assign] pool is no name.'],
    ['[kernel]\npin-on-upgrade = 7\n', 'pveigpu.conf: [kernel] pin-on-upgrade is neither yes nor no.'],
    ['vf = 3\n', 'pveigpu.conf: [vf] is no section with settings.'],
  ])('%j is refused with a sentence', (text, message) => {
    expect(read(text)).toMatchObject({ ok: false, problem: { code: 'format.unreadable', message } });
  });

  test('no text makes it throw or touch a prototype', () => {
    fc.assert(
      fc.property(fc.oneof(anyText(200), fc.constant('[__proto__]\nhook = yes\n')), (text) => {
        expect(typeof read(text).ok).toBe('boolean');
        expect(({} as { hook?: unknown }).hook).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
