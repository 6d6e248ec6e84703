// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { allGpus, lookupGpu } from '../../../src/core/gpu/catalogue.ts';
import type { CatalogueEntry } from '../../../src/core/gpu/catalogue-entry.ts';
import { dkmsPackageUrl, dkmsReleaseFor, dkmsReleases } from '../../../src/core/gpu/dkms-releases.ts';
import {
  dkmsVersionFits,
  everHasSriov,
  kernelsWithSriov,
  sriovBackends,
  stockXeForceProbe,
  stockXeHasSriov,
  vfioDriverFor,
} from '../../../src/core/gpu/driver-backend.ts';

function gpu(id: string): CatalogueEntry {
  const entry = lookupGpu(id);
  if (entry === undefined) throw new Error(id);
  return entry;
}

const RPL_S = 'a780';
const ADL_N = '46d1';
const TGL = '9a49';
const MTL = '7d55';
const LNL = '64a0';
const PTL = 'b080';
const ATS_M = '56c0';
const B580 = 'e20b';
const NVL_S = 'd740';

describe('the release of i915-sriov-dkms for a kernel', () => {
  test.each([
    ['6.1.15-1-pve', 'intel-lts-v6.1'],
    ['6.5.13-5-pve', 'intel-lts-v6.1'],
    ['6.8.12-10-pve', '2025.07.22'],
    ['6.11.11-2-pve', '2025.07.22'],
    ['6.12.0-1-pve', '2026.03.05.2'],
    ['6.14.11-3-bpo12-pve', '2026.03.05.2'],
    ['6.17.2-1-pve', '2026.05.06'],
    ['6.19.1-1-pve', '2026.05.06'],
    ['7.0.0-3-pve', '2026.05.06'],
  ])('%s: %s', (release, tag) => {
    expect(dkmsReleaseFor(release)).toMatchObject({ kind: 'release', release: { tag } });
  });

  test('says when a kernel is too new, too old or no kernel', () => {
    expect(dkmsReleaseFor('7.1.8-1-pve')).toMatchObject({ kind: 'newer', lastKernel: '7.0' });
    expect(dkmsReleaseFor('5.15.158-2-pve')).toEqual({ kind: 'older', firstKernel: '6.1' });
    expect(dkmsReleaseFor('hello')).toEqual({ kind: 'unreadable' });
  });

  test('names its source and date, and a package for each release', () => {
    expect(dkmsReleases()).toMatchObject({ date: '2026-11-20', source: expect.stringContaining('strongtz/i915-sriov-dkms') });
    const [branch, ...releases] = dkmsReleases().releases;
    expect(branch && dkmsPackageUrl(branch)).toBeUndefined();
    for (const release of releases)
      expect(dkmsPackageUrl(release)).toContain(`/${release.tag}/i915-sriov-dkms_${release.tag}_amd64.deb`);
  });

  test('knows whether an installed version is for a kernel', () => {
    expect(dkmsVersionFits('2025.07.22', '6.17.2-1-pve')).toBe(false);
    expect(dkmsVersionFits('2025.07.22', '6.14.8-2-pve')).toBe(true);
    expect(dkmsVersionFits('2099.01.01', '6.17.2-1-pve')).toBeUndefined();
  });
});

describe('SR-IOV in stock xe', () => {
  test.each([
    [PTL, '6.17.2-1-pve', true],
    [PTL, '6.12.0-1-pve', false],
    [PTL, '6.14.0-1-pve', 'unknown'],
    [B580, '6.17.2-1-pve', true],
    [RPL_S, '6.17.2-1-pve', false],
    [RPL_S, '6.18.0-1-pve', true],
    [TGL, '7.0.0-3-pve', true],
    [ATS_M, '6.18.0-1-pve', true],
    [NVL_S, '7.0.0-3-pve', false],
    [NVL_S, '7.1.8-1-pve', 'unknown'],
    [NVL_S, '7.2.0-1-pve', true],
    [MTL, '7.3.4-1-pve', false],
    [LNL, '7.3.4-1-pve', false],
  ])('%s on %s: %s', (id, release, answer) => {
    expect(stockXeHasSriov(gpu(id), release)).toBe(answer);
  });

  test('force_probe where xe does not officially support the platform', () => {
    expect(stockXeForceProbe(gpu(RPL_S), '6.18.0-1-pve')).toBe(true);
    expect(stockXeForceProbe(gpu(PTL), '6.17.2-1-pve')).toBe(false);
    expect(stockXeForceProbe(gpu(NVL_S), '7.2.0-1-pve')).toBe(true);
    expect(stockXeForceProbe(gpu(NVL_S), '7.3.0-1-pve')).toBe(false);
    expect(stockXeForceProbe(gpu('5a85'), '7.3.0-1-pve')).toBeNull();
  });
});

describe('the driver backend', () => {
  const names = (id: string, release: string) => sriovBackends(gpu(id), release).map((choice) => choice.backend);

  test.each([
    [RPL_S, '6.17.2-1-pve', ['i915-dkms', 'xe-dkms']],
    [RPL_S, '7.0.0-3-pve', ['xe', 'i915-dkms', 'xe-dkms']],
    [RPL_S, '6.8.12-10-pve', ['i915-dkms']],
    [ADL_N, '6.14.11-3-pve', ['i915-dkms', 'xe-dkms']],
    [RPL_S, '7.3.4-1-pve', ['xe']],
    [MTL, '6.17.2-1-pve', ['i915-dkms']],
    [MTL, '7.3.4-1-pve', []],
    [PTL, '6.17.2-1-pve', ['xe', 'xe-dkms']],
    [ATS_M, '7.0.0-3-pve', ['xe', 'xe-dkms']],
    ['4c8a', '7.0.0-3-pve', []],
    ['5690', '7.0.0-3-pve', []],
    [LNL, '7.0.0-3-pve', []],
  ])('%s on %s', (id, release, expected) => {
    expect(names(id, release)).toEqual(expected);
  });

  test('stock xe is young where it has to be forced', () => {
    expect(sriovBackends(gpu(RPL_S), '7.0.0-3-pve')[0]).toMatchObject({ backend: 'xe', young: true, forceProbe: true });
    expect(sriovBackends(gpu(PTL), '6.17.2-1-pve')[0]).toEqual({ backend: 'xe', young: false, forceProbe: false });
  });

  test('no id without a flag gets a backend on any kernel', () => {
    const kernels = ['6.1.0', '6.8.12-1-pve', '6.12.0', '6.14.0', '6.17.2-1-pve', '6.18.0', '7.0.0-3-pve', '7.1.0', '7.3.4'];
    for (const entry of allGpus()) {
      const any = kernels.some((kernel) => sriovBackends(entry, kernel).length > 0);
      if (any) expect(everHasSriov(entry), entry.device).toBe(true);
      for (const kernel of kernels) {
        const hasXe = sriovBackends(entry, kernel).some((choice) => choice.backend === 'xe');
        expect(hasXe, `${entry.device} ${kernel}`).toBe(stockXeHasSriov(entry, kernel) === true);
      }
    }
    for (const platform of ['RKL', 'DG1', 'DG2', 'JSL', 'GLK', 'CFL', 'LNL', 'BDW']) {
      const ids = allGpus().filter((entry) => entry.platform === platform);
      expect(ids.length, platform).toBeGreaterThan(0);
      for (const entry of ids) expect(everHasSriov(entry), entry.device).toBe(false);
    }
  });

  test('says on which kernels it is to be had', () => {
    expect(kernelsWithSriov(gpu(PTL))[0]).toBe('kernel 6.17 or later with its own xe');
    expect(kernelsWithSriov(gpu(MTL))).toEqual(['kernel 6.8 to 7.0 with i915-sriov-dkms (i915)']);
    expect(kernelsWithSriov(gpu(LNL))).toEqual([]);
  });

  test('the VFIO driver depends on the kernel', () => {
    expect(vfioDriverFor(gpu(PTL), '7.0.0-3-pve')).toBe('xe-vfio-pci');
    expect(vfioDriverFor(gpu(PTL), '6.17.2-1-pve')).toBe('vfio-pci');
    expect(vfioDriverFor(gpu(RPL_S), '7.0.0-3-pve')).toBe('vfio-pci');
  });
});
