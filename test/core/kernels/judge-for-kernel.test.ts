// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { sense } from '../../../src/app/sense/sense.ts';
import { judge } from '../../../src/core/gpu/judge.ts';
import type { MachineVerdict } from '../../../src/core/gpu/verdict.ts';
import { judgeForKernel } from '../../../src/core/kernels/judge-for-kernel.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { PROFILES } from '../../../src/simulator/profiles/table.ts';
import { createSimulatedNode } from '../../../src/simulator/simulated-node.ts';
import { bdf, drmOf, factsOf, intelGpu, moduleOf, sriov, vfDevices } from '../../support/facts.ts';

/** One of each era: DKMS only, first stock xe with flags, force_probe. */
const RELEASES = ['6.8.12-9-pve', '6.14.8-2-pve', '6.17.9-1-pve', '7.0.14-14-pve'] as const;

const factsOn = (profile: Profile, kernelRelease: string) =>
  sense(createSimulatedNode({ ...profile, kernelRelease, otherKernels: [] }));

/** By GPU and mode the answer and the driver; whether set-up is needed depends on what was built for which kernel. */
function answers(verdict: MachineVerdict) {
  return verdict.gpus.map(({ bdf: at, modes }) => ({
    at,
    modes: modes.map(({ mode, answer, backend, reasons }) => {
      const elsewhere = reasons.some(({ id }) => id === 'sriov.other-kernel');
      return { mode, answer: elsewhere ? 'no' : answer, ...(elsewhere ? {} : { backend }) };
    }),
  }));
}

describe.each(PROFILES.filter(({ dkms }) => dkms === undefined).map((profile) => ({ name: profile.name, profile })))(
  '$name on another kernel',
  ({ profile }) => {
    test('the verdict is that of the machine when it runs that kernel', async () => {
      for (const from of RELEASES) {
        const facts = await factsOn(profile, from);
        for (const to of RELEASES)
          expect(answers(judgeForKernel(facts, to)), `${from} -> ${to}`).toEqual(answers(judge(await factsOn(profile, to))));
      }
    });

    test('the running kernel has its own verdict', async () => {
      const facts = await factsOn(profile, RELEASES[2]);
      const [own] = [judge(facts)];
      expect(answers(judgeForKernel(facts, RELEASES[2]))).toEqual(answers(own));
    });
  },
);

const dkms = (kernels: readonly string[]) => [{ name: 'i915-sriov-dkms', version: '2026.05.06', kernels }];
const options = [{ path: '/etc/modprobe.d/i915.conf', line: 1, text: 'options i915 enable_guc=3 max_vfs=7' }];

/** A Raptor Lake that works with VFs under the DKMS driver. */
function working(kernels: readonly string[]) {
  const device = intelGpu('a780', { ...sriov(7, 7) });
  const loaded = moduleOf('i915', { origin: 'dkms', taint: 'OE', parameters: { enable_guc: '3', max_vfs: '7' } });
  return factsOf({
    pci: { displays: [device, ...vfDevices('a780', 7, 'vfio-pci')] },
    drm: drmOf(),
    modules: { modules: [loaded], dkms: dkms(kernels), configLines: options },
    logs: { lines: ['i915 0000:00:02.0: Running in SR-IOV PF mode', 'i915 0000:00:02.0: Enabled 7 VFs'], truncated: false },
  });
}

const sriovOn = (facts: Parameters<typeof judgeForKernel>[0], release: string) =>
  judgeForKernel(facts, release).gpus[0]?.modes.find(({ mode }) => mode === 'sriov');

describe('a node that works with the DKMS driver', () => {
  test('keeps its VFs on a new kernel for which DKMS has built', () => {
    const verdict = sriovOn(working(['6.17.2-1-pve', '6.17.9-1-pve']), '6.17.9-1-pve');
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'now', backend: 'i915-dkms' });
    expect(verdict?.reasons[0]?.text).toBe('i915-sriov-dkms is built for kernel 6.17.9-1-pve, and its options are given.');
  });

  test('needs a build for one for which it has not', () => {
    const verdict = sriovOn(working(['6.17.2-1-pve']), '6.17.9-1-pve');
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup', backend: 'i915-dkms' });
    expect(verdict?.reasons.map(({ id }) => id)).toContain('dkms.not-built');
  });

  test('is told when no driver is for the new kernel', () => {
    const verdict = sriovOn(working(['6.17.2-1-pve']), '6.5.13-5-pve');
    const young = sriovOn(working(['6.17.2-1-pve']), '7.1.0-1-pve');
    // the branch intel-lts-v6.1 has to be built by hand, but it is there
    expect(verdict).toMatchObject({ answer: 'yes', readiness: 'setup' });
    expect(young).toMatchObject({ answer: 'yes', backend: 'xe', young: true });
  });

  test('is not changed by looking at the running kernel', () => {
    expect(judgeForKernel(working(['6.17.2-1-pve']), '6.17.2-1-pve')).toEqual(judge(working(['6.17.2-1-pve'])));
  });

  test('the GPU is said to be on the driver that it has now', () => {
    expect(judgeForKernel(working(['6.17.2-1-pve']), '6.8.12-9-pve').gpus.map((gpu) => [gpu.bdf, gpu.driver])).toEqual([
      [bdf('0000:00:02.0'), 'i915'],
    ]);
  });
});

test('a firmware that gave no address space gives none to another kernel either', () => {
  const facts = factsOf({
    pci: { displays: [intelGpu('46a6', sriov(7))] },
    logs: { lines: ['i915 0000:00:02.0: not enough MMIO resources for SR-IOV'], truncated: false },
  });
  expect(sriovOn(facts, '7.0.14-14-pve')).toMatchObject({ answer: 'no', reasons: [{ id: 'sriov.no-mmio' }, {}] });
});
