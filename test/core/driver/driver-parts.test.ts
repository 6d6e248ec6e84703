// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildJobs, buildMachine } from '../../../src/core/driver/build-jobs.ts';
import { confAllows, parseDkmsConf } from '../../../src/core/driver/dkms-conf.ts';
import { digestOf, kindOfFile, publishedNames, sourceUrl } from '../../../src/core/driver/driver-source.ts';
import { isDriverFile, markedModule, markerPath, patchPlaces, skipOverride } from '../../../src/core/driver/own-dkms-files.ts';
import { dkmsReleaseFor, dkmsReleases } from '../../../src/core/gpu/dkms-releases.ts';
import { anyText } from '../../support/any-text.ts';

// i915-sriov-dkms, dkms.conf of tag 2026.05.06 (https://github.com/strongtz/i915-sriov-dkms), its settings that are read here.
const CONF = `PACKAGE_NAME="i915-sriov-dkms"
PACKAGE_VERSION="2026.05.06"

BUILT_MODULE_NAME[0]="intel_sriov_compat"
BUILT_MODULE_LOCATION[0]=compat
BUILT_MODULE_NAME[1]="i915"
DEST_MODULE_LOCATION[1]=/updates
MAKE[0]="make -C \${kernel_source_dir} M=\${dkms_tree}/\${PACKAGE_NAME}/\${PACKAGE_VERSION}/build"
AUTOINSTALL=yes
BUILD_EXCLUSIVE_KERNEL="^(6\\.1[7-9]|7\\.0)"
`;

describe('dkms.conf', () => {
  test('name, version, modules and the kernels it is for', () => {
    const conf = parseDkmsConf(CONF);
    expect(conf).toEqual({
      name: 'i915-sriov-dkms',
      version: '2026.05.06',
      modules: ['intel_sriov_compat', 'i915'],
      kernels: '^(6\\.1[7-9]|7\\.0)',
    });
    const allows = (release: string) => confAllows(conf ?? {}, release);
    expect([allows('6.17.2-1-pve'), allows('7.0.14-12-pve'), allows('6.16.3-1-pve'), allows('7.1.2-1-pve')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('its own expression and the table of releases agree on every series', () => {
    for (const series of ['6.8', '6.12', '6.16', '6.17', '6.18', '6.19', '7.0', '7.1']) {
      const answer = dkmsReleaseFor(`${series}.3-1-pve`);
      const named = answer.kind === 'release' && answer.release.tag === '2026.05.06';
      expect([series, confAllows(parseDkmsConf(CONF) ?? {}, `${series}.3-1-pve`)]).toEqual([series, named]);
    }
  });

  test('what could become another path is no name, and an expression of another kind is not judged', () => {
    expect(parseDkmsConf('PACKAGE_NAME="../etc"\nPACKAGE_VERSION=1\n')).toBeUndefined();
    expect(parseDkmsConf('PACKAGE_NAME=x\n')).toBeUndefined();
    expect(confAllows({ kernels: '^(a+)+$' }, 'aaaa')).toBeUndefined();
    expect(confAllows({ kernels: '(' }, '7.0')).toBeUndefined();
    expect(confAllows({}, 'any')).toBe(true);
  });

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(anyText(300), (text) => {
        const conf = parseDkmsConf(`${CONF}${text}`);
        expect(conf === undefined || !/[/\s]/.test(conf.name + conf.version)).toBe(true);
      }),
    );
  });
});

describe('how many compilers', () => {
  const GIB = 1024 ** 3;
  test.each([
    [{ memoryBytes: 32 * GIB, cores: 4 }, 1],
    [{ memoryBytes: 7 * GIB, cores: 16 }, 1],
    [{ memoryBytes: 16 * GIB, cores: 24 }, 8],
    [{ memoryBytes: 64 * GIB, cores: 24 }, undefined],
  ])('%j: %s', (machine, jobs) => {
    expect(buildJobs(machine)).toBe(jobs);
  });

  test('memory and processors as the kernel shows them', () => {
    expect(buildMachine('MemTotal:       16091112 kB\nMemFree: 1 kB\n', '0-3,8\n')).toEqual({
      memoryBytes: 16091112 * 1024,
      cores: 5,
    });
    expect(buildMachine('', '0-3')).toBeUndefined();
    expect(buildMachine('MemTotal: 5 kB\n', 'all')).toBeUndefined();
  });

  test('never more than dkms would take by itself, and never none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 2048 }), (cores, gib) => {
        const jobs = buildJobs({ cores, memoryBytes: gib * GIB });
        expect(jobs === undefined || (jobs >= 1 && jobs < Math.max(cores, 2))).toBe(true);
      }),
    );
  });
});

describe('files of a driver', () => {
  test('published names and addresses of every release', () => {
    for (const release of dkmsReleases().releases) {
      expect(sourceUrl(release)).toMatch(/^https:\/\/github\.com\/strongtz\/i915-sriov-dkms\/[\w./-]+$/);
      for (const name of publishedNames(release)) expect(kindOfFile(name)).toBe(name.endsWith('.deb') ? 'deb' : 'archive');
    }
  });

  test('a digest as sha256sum writes it, also for a name with a backslash', () => {
    const hex = 'ab'.repeat(32);
    expect([digestOf(`${hex}  a.deb\n`), digestOf(`\\${hex}  a\\\\b\n`), digestOf(`${hex.slice(1)}  a\n`)]).toEqual([
      hex,
      hex,
      undefined,
    ]);
  });

  test('a marker names its module, and all our files are known as such', () => {
    for (const [name, version] of [
      ['i915-sriov-dkms', '2026.05.06'],
      ['i915-sriov-dkms', 'intel-lts-v6.1'],
      ['intel-i915-dkms', '1.24.1.11.240117.14'],
    ] as const) {
      expect(markedModule(markerPath(name, version))).toEqual({ name, version });
      const { kept, applied, override } = patchPlaces(name, version, 'a.patch');
      for (const path of [kept, applied, override, markerPath(name, version), skipOverride(name, version, '7.0.1-1-pve').path])
        expect([path, isDriverFile(path)]).toEqual([path, true]);
    }
    expect(['/etc/modprobe.d/pveigpu.conf', '/usr/src/x-1/patches/own.patch'].map(isDriverFile)).toEqual([false, false]);
  });
});
