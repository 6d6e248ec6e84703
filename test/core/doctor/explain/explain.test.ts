// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainText } from '../../../../src/core/doctor/explain/explain.ts';
import { TEXT_RULES } from '../../../../src/core/doctor/explain/table.ts';
import { KNOWN_TEXTS } from './known-texts.ts';

describe('the table of texts', () => {
  test.each(KNOWN_TEXTS)('%s', (line, id) => {
    const [first] = explainText([line]);
    expect(first?.id).toBe(id);
    // A sentence that was filled in names something.
    expect(`${first?.text} ${first?.hint}`).not.toMatch(/\$\d|undefined\.|'' /);
  });

  test('no two rules have one id, and each has a public source', () => {
    expect(new Set(TEXT_RULES.map(({ id }) => id)).size).toBe(TEXT_RULES.length);
    for (const { source, text, hint } of TEXT_RULES) {
      expect(source).toMatch(/^https:\/\//);
      expect(text).toMatch(/[.)]$/);
      if (hint !== undefined) expect(hint).toMatch(/[.)]$/);
    }
  });

  test('every rule that is a cause is shown by a line', () => {
    const shown = new Set(KNOWN_TEXTS.map(([, id]) => id));
    const silent = TEXT_RULES.filter(({ weight, id }) => weight === 'cause' && !shown.has(id)).map(({ id }) => id);
    expect(silent).toEqual([]);
  });
});

describe('a log', () => {
  test('the first real error comes first, what followed later, harmless lines last', () => {
    const log = [
      'Setting dangerous option enable_guc - tainting kernel',
      'TASK ERROR: start failed: QEMU exited with code 1',
      'kvm: vfio 0000:00:02.1: error getting device from group 16: Permission denied',
      'kvm: something that nobody knows',
    ];
    expect(explainText(log).map(({ id, lineNumber }) => [id, lineNumber])).toEqual([
      ['qemu.group-permission', 3],
      ['unknown', 4],
      ['pve.qemu-exited', 2],
      ['harmless.dangerous-option', 1],
    ]);
  });

  test('of a build the compiler has the word', () => {
    const log = `DKMS (dkms-3.2.2) make.log for i915-sriov-dkms/2025.07.22 for kernel 7.0.14-4-pve (x86_64)
make: Entering directory '/usr/src/linux-headers-7.0.14-4-pve'
/var/lib/dkms/i915-sriov-dkms/2025.07.22/build/drivers/gpu/drm/i915/i915_gem.c:812:9: error: implicit declaration of function ‘drm_old_call’
make[2]: *** [/usr/src/linux-headers-7.0.14-4-pve/Makefile:2100: .] Error 2
Error! Bad return status for module build on kernel: 7.0.14-4-pve (x86_64)`;
    const [first, ...rest] = explainText(log.split('\n'));
    expect(first).toMatchObject({ id: 'driver.build-api', weight: 'cause' });
    expect(first?.text).toMatch(/2025\.07\.22 does not fit 7\.0\.14-4-pve: drm_old_call/);
    expect(rest.map(({ id }) => id)).toContain('driver.build-failed');
  });

  test('escapes of strangers are written out, also where a sentence quotes them', () => {
    const [one] = explainText(["TASK ERROR: PCI device mapping not found for '\u001b]0;owned\u0007'"]);
    expect(one?.text).toBe('The mapping \\x1b]0;owned\\x07 does not exist, or has no entry for this node.');
    expect(one?.line).not.toMatch(/[\u0000-\u001f]/);
  });

  test('a huge log is looked at from both ends', () => {
    const noise = Array.from({ length: 200_000 }, (_, at) => `line ${at} about nothing`);
    const log = ["first: unknown parameter 'x' ignored", ...noise, "TASK ERROR: no pci device info for device '0000:00:02.1'"];
    expect(explainText(log)).toMatchObject([{ id: 'pve.no-device-info', lineNumber: log.length }]);
  });

  test('what has nothing to do with graphics is not explained', () => {
    expect(explainText(['usb 1-1: new device', '', 'EXT4-fs (sda1): mounted'])).toEqual([]);
  });

  test('any text at all is taken', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(...KNOWN_TEXTS.map(([line]) => line)))), (lines) => {
        for (const { line, text } of explainText(lines)) expect(`${line}${text}`).not.toMatch(/[\u0000-\u001f]/);
      }),
      { numRuns: 100 },
    );
  });
});

test('every line of a short text is looked at, and of a long one each line once', () => {
  const line = (at: number) => `[${at}] TASK ERROR: something new ${at}`;
  for (const count of [0, 1, 2, 3]) {
    const lines = Array.from({ length: count }, (_, at) => line(at));
    expect(explainText(lines).map(({ lineNumber }) => lineNumber)).toEqual(lines.map((_, at) => at + 1));
  }
  const wide = Array.from({ length: 3000 }, (_, at) => (at === 0 || at === 2999 ? line(at) : 'x'.repeat(2000)));
  expect(explainText(wide).map(({ lineNumber }) => lineNumber)).toEqual([1, 3000]);
});
