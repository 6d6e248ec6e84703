// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { availableKernels } from '../../../src/core/kernels/available-kernel.ts';
import { defaultRelease } from '../../../src/core/kernels/boot-kernels.ts';
import { findKernel } from '../../../src/core/kernels/find-kernel.ts';
import { type KernelWish, targetKernel } from '../../../src/core/kernels/target-kernel.ts';
import { parseAptPolicy } from '../../../src/core/platform/apt-policy.ts';
import { bdf, drmOf, factsOf, intelGpu, sriov } from '../../support/facts.ts';
import { POLICY } from './policy.ts';

const available = availableKernels(parseAptPolicy(POLICY));
const kernels = (...releases: readonly string[]) =>
  releases.map((release) => ({ release, hasInitramfs: true, hasHeaders: false }));

/** A GPU on a node with some kernels, the first one running. */
function node(device: string, running: string, installed: readonly string[], pinned?: string) {
  return factsOf({
    pci: { displays: [intelGpu(device, sriov(7))] },
    drm: drmOf(),
    kernel: { release: running, cmdline: '' },
    boot: { kernels: kernels(...installed), ...(pinned === undefined ? {} : { pinned }) },
  });
}

const target = (facts: ReturnType<typeof node>, wish: Partial<KernelWish>) =>
  targetKernel({ facts }, { gpu: bdf('0000:00:02.0'), mode: 'sriov', ...wish });

describe('the kernel that boots by default', () => {
  test('the pinned one, else the newest by version and not by letters', () => {
    const facts = node('a780', '6.8.12-9-pve', ['6.8.12-10-pve', '6.8.12-9-pve']);
    expect(defaultRelease(facts)).toBe('6.8.12-10-pve');
    expect(defaultRelease(node('a780', '6.17.9-1-pve', ['6.17.9-1-pve', '6.8.12-9-pve'], '6.8.12-9-pve'))).toBe('6.8.12-9-pve');
    expect(defaultRelease(node('a780', '6.17.9-1-pve', ['6.17.9-1-pve'], '6.5.13-5-pve'))).toBe('6.17.9-1-pve');
  });
});

describe('the kernel for a mode', () => {
  test('stays what it is while that can do it, although a newer one would need no DKMS', () => {
    const facts = node('a780', '6.17.9-1-pve', ['6.17.9-1-pve']);
    const newer = [...available, { release: '7.0.14-14-pve', kernel: { name: 'proxmox-kernel-7.0.14-14-pve-signed' } }];
    expect(target(facts, { available: newer })).toMatchObject({ ok: true, value: '6.17.9-1-pve' });
    expect(target(facts, { available: newer, kernel: '7.0' })).toMatchObject({ ok: true, value: '7.0.14-14-pve' });
    expect(target(facts, { available: newer, driver: 'xe' })).toMatchObject({ ok: true, value: '7.0.14-14-pve' });
  });

  test('is an installed one where the running one cannot', () => {
    // Panther Lake is in no i915, and no xe before 6.12 has SR-IOV
    const facts = node('b080', '6.8.12-9-pve', ['6.8.12-9-pve', '6.17.2-1-pve', '6.17.9-1-pve'], '6.8.12-9-pve');
    expect(target(facts, {})).toMatchObject({ ok: true, value: '6.17.9-1-pve' });
  });

  test('is one that apt offers where no installed one can', () => {
    const facts = node('b080', '6.8.12-9-pve', ['6.8.12-9-pve']);
    expect(target(facts, { available })).toMatchObject({ ok: true, value: '6.17.13-2-pve' });
    expect(target(facts, {})).toMatchObject({ ok: false, problem: { code: 'kernel.cannot' } });
  });

  test('one that was asked for and cannot is refused with the reason', () => {
    const answer = target(node('b080', '6.17.9-1-pve', ['6.8.12-9-pve', '6.17.9-1-pve']), { available, kernel: '6.8' });
    expect(answer).toMatchObject({
      ok: false,
      problem: {
        code: 'kernel.cannot',
        message: expect.stringMatching(/^Kernel 6\.8\.12-9-pve cannot do sriov with 0000:00:02\.0: /),
      },
    });
  });

  test('a driver that has nothing for the GPU is refused', () => {
    expect(target(node('a780', '6.17.9-1-pve', ['6.17.9-1-pve']), { driver: 'xe' })).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('xe has no SR-IOV for this GPU there') },
    });
  });
});

describe('a kernel by name', () => {
  const facts = node('a780', '6.17.9-1-pve', ['6.17.2-1-pve', '6.17.9-1-pve']);

  test.each([
    ['6.17.2-1-pve', '6.17.2-1-pve'],
    ['6.17.2-1', '6.17.2-1-pve'],
    ['6.17', '6.17.9-1-pve'],
    ['6.14', '6.14.11-4-pve'],
    ['6.17.13-2', '6.17.13-2-pve'],
  ])('%s', (wanted, release) => {
    expect(findKernel(facts, available, wanted)).toEqual({ ok: true, value: release });
  });

  test.each(['6.5.13-5-pve', '6.1', '6', '', '.*'])('%j is not to be had', (wanted) => {
    expect(findKernel(facts, available, wanted)).toMatchObject({ ok: false, problem: { code: 'kernel.cannot' } });
  });

  test('and that is said in the words of the guides', () => {
    expect(findKernel(facts, available, '6.5.13-5-pve')).toMatchObject({
      problem: { message: 'Kernel 6.5.13-5-pve is not installed and not in your repositories.' },
    });
  });
});
