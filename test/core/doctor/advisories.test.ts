// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { advisories, applies } from '../../../src/core/doctor/kernel/advisories.ts';
import { ADVISORIES_DATE } from '../../../src/core/doctor/kernel/advisory-data.ts';
import { allGpus, lookupGpu } from '../../../src/core/gpu/catalogue.ts';
import { parseKernelVersion } from '../../../src/core/gpu/kernel-version.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const source = JSON.parse(readFileSync(at('data/known-bad-kernels.json'), 'utf8')) as { date: string; advisories: object[] };

describe('the advisories', () => {
  test('are those of the table, and the committed module is what the script makes', () => {
    expect(advisories()).toEqual(source.advisories);
    expect(ADVISORIES_DATE).toBe(source.date);
    const made = execFileSync(process.execPath, [at('scripts/build-catalogue.mjs'), '--print-advisories'], { encoding: 'utf8' });
    expect(made).toBe(readFileSync(at('src/core/doctor/kernel/advisory-data.ts'), 'utf8'));
  });

  test('name GPUs of the catalogue, kernels that can be read, and a public thread', () => {
    const platforms = new Set(allGpus().map(({ platform }) => platform));
    for (const { platforms: named, firstKernel, lastKernel, dkms, source: thread, effect, instead } of advisories()) {
      expect((named ?? []).filter((one) => !platforms.has(one))).toEqual([]);
      expect([firstKernel, lastKernel].filter((one) => one !== null && parseKernelVersion(one) === undefined)).toEqual([]);
      expect(firstKernel === null).toBe(lastKernel === null);
      expect(firstKernel !== null || dkms !== null).toBe(true);
      expect(thread).toMatch(/^https:\/\/(?:github\.com|forum\.proxmox\.com)\//);
      expect(effect).not.toMatch(/\.$/);
      expect(instead).toMatch(/\.$/);
    }
  });

  const N305 = lookupGpu('46d0');
  test.each([
    ['6.8.12-11-pve', false],
    ['6.8.12-12-pve', true],
    ['6.8.12-20-pve', true],
    ['6.11.0-1-pve', false],
    ['6.17.2-1-pve', false],
    ['nonsense', false],
  ])('kernel %s hangs an N305 at shutdown: %s', (release, expected) => {
    const [advisory] = advisories().filter(({ id }) => id === 'n305-shutdown');
    if (N305 === undefined || advisory === undefined) throw new Error('gone');
    expect(applies(advisory, { entry: N305, mode: 'sriov', release, dkms: [] })).toBe(expected);
    expect(applies(advisory, { entry: N305, mode: 'host', release, dkms: [] })).toBe(false);
  });
});
