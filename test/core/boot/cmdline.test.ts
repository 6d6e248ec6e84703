// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allValues,
  blacklistedModules,
  lastValue,
  moduleParameter,
  moduleParameters,
  parseCmdline,
  printParameters,
} from '../../../src/core/boot/cmdline.ts';
import { anyText } from '../../support/any-text.ts';

const words = (text: string) => parseCmdline(text).parameters.map(({ name, value }) => (value === null ? name : [name, value]));

describe('parseCmdline', () => {
  test('splits as the kernel does', () => {
    expect(words('BOOT_IMAGE=/vmlinuz root=/dev/mapper/pve-root ro quiet intel_iommu=on\n')).toEqual([
      ['BOOT_IMAGE', '/vmlinuz'],
      ['root', '/dev/mapper/pve-root'],
      'ro',
      'quiet',
      ['intel_iommu', 'on'],
    ]);
    expect(words('  a   b\t\tc= ')).toEqual(['a', 'b', ['c', '']]);
    expect(words('root=ZFS=rpool/ROOT/pve-1')).toEqual([['root', 'ZFS=rpool/ROOT/pve-1']]);
  });

  test('keeps white space inside quotes and drops the quotes', () => {
    expect(words('dyndbg="file drivers/usb/* +p" "foo=bar baz" "single word" last')).toEqual([
      ['dyndbg', 'file drivers/usb/* +p'],
      ['foo', 'bar baz'],
      'single word',
      'last',
    ]);
    // A quote in the middle only protects blanks; the kernel keeps it.
    expect(words('a=x" y"z b')).toEqual([['a', 'x" y"z'], 'b']);
    expect(words('open="never closed b')).toEqual([['open', 'never closed b']]);
  });

  test('what stands after -- belongs to init', () => {
    expect(parseCmdline('quiet -- --single x=1')).toEqual({
      parameters: [{ name: 'quiet', value: null }],
      initArguments: ['--single', 'x=1'],
    });
    expect(words('a --b=1')).toEqual(['a', ['--b', '1']]);
  });

  test('an equals sign in front does not divide', () => {
    expect(words('=a =b=c =')).toEqual(['=a', ['=b', 'c'], '=']);
  });

  test('never throws, and gives back what it printed', () => {
    fc.assert(
      fc.property(anyText(200), (text) => {
        expect(Array.isArray(parseCmdline(text).parameters)).toBe(true);
      }),
      { numRuns: 300 },
    );
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,15}$/);
    const value = fc.option(fc.stringMatching(/^[A-Za-z0-9 =,:/._-]{0,20}$/));
    fc.assert(
      fc.property(fc.array(fc.record({ name, value }), { maxLength: 12 }), (parameters) => {
        expect(parseCmdline(printParameters(parameters)).parameters).toEqual(parameters);
      }),
      { numRuns: 300 },
    );
  });
});

describe('looking parameters up', () => {
  const cmdline = parseCmdline(
    'i915.max_vfs=3 i915.enable_guc=3 i915.max-vfs=7 snd-hda-intel.power_save=1 quiet module_blacklist=nouveau module_blacklist=xe,snd-hda-intel modprobe.blacklist=a,b modprobe.blacklist=c',
  );

  test('the last one counts, and dashes are underscores', () => {
    expect(moduleParameter(cmdline, 'i915', 'max_vfs')).toBe('7');
    expect(allValues(cmdline, 'i915.max_vfs')).toEqual(['3', '7']);
    expect(moduleParameter(cmdline, 'snd_hda_intel', 'power-save')).toBe('1');
    expect(moduleParameters(cmdline, 'i915')).toEqual({ max_vfs: '7', enable_guc: '3' });
    expect(lastValue(cmdline, 'quiet')).toBeNull();
    expect(lastValue(cmdline, 'intel_iommu')).toBeUndefined();
  });

  test('of module_blacklist the last counts, of modprobe.blacklist all', () => {
    expect(blacklistedModules(cmdline)).toEqual({ refused: ['xe', 'snd_hda_intel'], noAutoload: ['a', 'b', 'c'] });
  });
});
