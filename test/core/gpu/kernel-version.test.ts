// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareKernelVersions,
  compareSeries,
  kernelAtLeast,
  kernelSeries,
  parseKernelVersion,
} from '../../../src/core/gpu/kernel-version.ts';

describe('kernel versions', () => {
  test.each([
    ['6.17.2-1-pve', [6, 17, 2, 1]],
    ['7.0.0-3-pve', [7, 0, 0, 3]],
    ['6.14.11-3-bpo12-pve', [6, 14, 11, 3]],
    ['6.17.8+deb13-amd64', [6, 17, 8, 0]],
    ['6.12.107-amd64', [6, 12, 107, 0]],
    ['6.8.0-31-generic', [6, 8, 0, 31]],
    ['7.0.0-rc6', [7, 0, 0, 0]],
    ['7.3', [7, 3, 0, 0]],
  ])('%s', (release, [major, minor, patch, abi]) => {
    expect(parseKernelVersion(release)).toEqual({ major, minor, patch, abi });
  });

  test.each(['', 'pve', '6', 'x6.17', '6.x'])('%j is none', (text) => {
    expect(parseKernelVersion(text)).toBeUndefined();
    expect(kernelSeries(text)).toBeUndefined();
    expect(kernelAtLeast(text, '6.1')).toBeUndefined();
  });

  test('orders as the kernel does, not as text does', () => {
    const sorted = ['6.8.12-9-pve', '6.8.12-10-pve', '6.14.0-2-pve', '6.17.2-1-pve', '6.17.11-1-pve', '7.0.0-3-pve'];
    const parsed = sorted.map((release) => parseKernelVersion(release)).filter((version) => version !== undefined);
    expect([...parsed].reverse().sort(compareKernelVersions)).toEqual(parsed);
    expect(kernelAtLeast('6.8.12-10-pve', '6.17')).toBe(false);
    expect(kernelAtLeast('7.0.0-3-pve', '6.18')).toBe(true);
    expect(compareSeries('10.1', '9.2')).toBeGreaterThan(0);
  });

  test('reads back what it prints', () => {
    const part = fc.nat({ max: 999 });
    fc.assert(
      fc.property(part, part, part, part, (major, minor, patch, abi) => {
        expect(parseKernelVersion(`${major}.${minor}.${patch}-${abi}-pve`)).toEqual({ major, minor, patch, abi });
      }),
      { numRuns: 100 },
    );
  });
});
