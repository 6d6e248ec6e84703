// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activeConfigFiles } from '../../../src/core/modules/config-directories.ts';
import {
  blacklisted,
  modulesNamed,
  optionsFor,
  parseModprobeConfig,
  softDependencies,
} from '../../../src/core/modules/modprobe-config.ts';
import { keptModuleFile, originKernelOf } from '../../../src/core/modules/module-info.ts';
import { normaliseModuleName } from '../../../src/core/modules/module-name.ts';
import { findModules, keptModuleIndex } from '../../../src/core/modules/module-origin.ts';
import { anyText } from '../../support/any-text.ts';

const TEXT = `# options i915 max_vfs=1
options i915 enable_guc=3 \\
  max-vfs=7
  blacklist   snd-hda-intel
softdep i915 pre: vfio-pci xe post: snd_hda_intel
install nouveau /bin/false
install amdgpu /sbin/modprobe --ignore-install amdgpu
alias pci:v00008086d000046A6sv*sd*bc03sc*i* vfio-pci
options i915 max_vfs=3 dyndbg="+p two"
unknown i915 x
options
alias broken`;

describe('parseModprobeConfig', () => {
  const directives = parseModprobeConfig(TEXT);

  test('reads directives with their line, joined over continuations', () => {
    expect(directives.map(({ line, keyword, module }) => `${line} ${keyword} ${module}`)).toEqual([
      '2 options i915',
      '4 blacklist snd_hda_intel',
      '5 softdep i915',
      '6 install nouveau',
      '7 install amdgpu',
      '8 alias vfio_pci',
      '9 options i915',
    ]);
    expect(directives[0]?.text).toBe('options i915 enable_guc=3   max-vfs=7');
  });

  test('the last option counts', () => {
    expect(optionsFor(directives, 'i915')).toEqual({ enable_guc: '3', max_vfs: '3', dyndbg: '+p two' });
    expect(optionsFor(directives, 'xe')).toEqual({});
  });

  test('soft dependencies, and every module that a directive names', () => {
    const softdep = directives[2];
    expect(softdep && softDependencies(softdep)).toEqual({ pre: ['vfio_pci', 'xe'], post: ['snd_hda_intel'] });
    expect(softdep && modulesNamed(softdep)).toEqual(['i915', 'vfio_pci', 'xe', 'snd_hda_intel']);
  });

  test('an install command that does nothing is a blacklist, another one is not', () => {
    expect(blacklisted(directives)).toEqual(['snd_hda_intel', 'nouveau']);
  });

  test('a comment with a backslash takes the next line with it, as in kmod', () => {
    expect(parseModprobeConfig('# off \\\nblacklist i915\nblacklist xe\\')).toMatchObject([{ line: 3, module: 'xe' }]);
  });

  test('never throws, and lines count from 1', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...TEXT.split('\n')), anyText())), (lines) => {
        for (const directive of parseModprobeConfig(lines.join('\n'))) expect(directive.line).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});

test('a name in a stronger directory hides the same name in a weaker one', () => {
  expect(activeConfigFiles(['/etc/x', '/run/x', '/usr/x'], [['b.conf', 'README'], [], ['a.conf', 'b.conf']])).toEqual([
    '/usr/x/a.conf',
    '/etc/x/b.conf',
  ]);
});

test('module names lose their path, suffix and dashes', () => {
  expect(normaliseModuleName('snd-hda-intel')).toBe('snd_hda_intel');
  expect(normaliseModuleName('kernel/drivers/vfio/pci/vfio-pci.ko.zst')).toBe('vfio_pci');
});

test('only whole names are found in the index', () => {
  const dep = 'kernel/a/xe.ko.xz: kernel/b/i915.ko\nkernel/b/not-xe.ko:\nextra/i915-extra.ko:\nextra/kvmgt.ko:\n';
  expect(Object.fromEntries(findModules({ dep, builtin: undefined }, ['xe', 'i915', 'kvmgt']))).toEqual({
    xe: { origin: 'stock', file: 'kernel/a/xe.ko.xz' },
    i915: { origin: 'absent' },
    kvmgt: { origin: 'updates', file: 'extra/kvmgt.ko' },
  });
});

test('what a capture keeps of the index names the same files', () => {
  const dep = 'kernel/a/xe.ko.xz: kernel/b/drm.ko\nkernel/b/secret.ko:\nupdates/dkms/i915.ko:\n';
  const builtin = 'kernel/drivers/vfio/vfio.ko\nkernel/x/y.ko\n';
  const names = ['xe', 'i915', 'vfio'];
  const [keptDep, keptBuiltin] = [keptModuleIndex(dep, names), keptModuleIndex(builtin, names)];
  expect(keptDep).toBe('kernel/a/xe.ko.xz:\nupdates/dkms/i915.ko:\n');
  expect(findModules({ dep: keptDep, builtin: keptBuiltin }, names)).toEqual(findModules({ dep, builtin }, names));
});

test('origin_kernel stands in the module file as a NUL-terminated text', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const file = bytes('\x7fELF\xff print origin_kernel=9.9 \0license=GPL\0origin_kernel=6.17\0depends=drm\0');
  expect(originKernelOf(file)).toBe('6.17');
  expect(originKernelOf(bytes(keptModuleFile(file)))).toBe('6.17');
  expect(originKernelOf(bytes('license=GPL\0my_origin_kernel=6.17\0'))).toBeUndefined();
  expect(originKernelOf(bytes('\0origin_kernel=evil\0'))).toBeUndefined();
  expect(keptModuleFile(bytes('nothing'))).toBe('');
});
