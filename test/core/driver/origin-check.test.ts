// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { sense } from '../../../src/app/sense/sense.ts';
import { foreignDrivers } from '../../../src/core/driver/foreign-drivers.ts';
import { checkOrigin } from '../../../src/core/driver/origin-check.ts';
import type { HostFacts } from '../../../src/core/facts/host-facts.ts';
import type { ModuleState } from '../../../src/core/facts/kernel-facts.ts';
import { known } from '../../../src/core/facts/section.ts';
import { intelGpus } from '../../../src/core/vf/vf.ts';
import { simulated } from '../../app/simulated.ts';

async function factsOf(name: string): Promise<HostFacts> {
  return await sense(simulated(name).node, ['pci', 'kernel', 'modules', 'logs']);
}

function withModule(facts: HostFacts, change: Partial<ModuleState> & { readonly name: string }): HostFacts {
  if (facts.modules.state !== 'known') throw new Error('modules are not known');
  const modules = facts.modules.value.modules.map((module) => (module.name === change.name ? { ...module, ...change } : module));
  return { ...facts, modules: known({ ...facts.modules.value, modules }) };
}

function gpuOf(facts: HostFacts) {
  const [gpu] = facts.pci.state === 'known' ? intelGpus(facts.pci.value) : [];
  if (gpu === undefined) throw new Error('no GPU');
  return gpu;
}

describe('which driver really runs', () => {
  test('the one that was meant, with the kernel its code is from', async () => {
    const facts = withModule(await factsOf('raptor-lake-s-by-hand'), { name: 'i915', originKernel: '6.17' });
    const found = checkOrigin(facts, gpuOf(facts), 'i915-dkms');
    expect(found.map(({ id, level }) => [id, level])).toEqual([
      ['driver.runs', 'good'],
      ['driver.origin', 'good'],
    ]);
  });

  test('code that is newer than the kernel, as in i915-sriov-dkms issue 356', async () => {
    const facts = withModule(await factsOf('raptor-lake-s-by-hand'), { name: 'i915', originKernel: '7.0' });
    expect(checkOrigin(facts, gpuOf(facts), 'i915-dkms').map(({ id }) => id)).toContain('driver.origin-newer');
  });

  test("a compressed file's origin comes from modinfo, else it is said to be unread", async () => {
    const facts = withModule(await factsOf('raptor-lake-s-by-hand'), { name: 'i915', file: 'updates/dkms/i915.ko.zst' });
    const { modules } = facts;
    if (modules.state !== 'known') throw new Error('modules are not known');
    const bare = modules.value.modules.map(({ originKernel: _origin, ...module }) => module);
    const without: HostFacts = { ...facts, modules: known({ ...modules.value, modules: bare }) };
    expect(checkOrigin(without, gpuOf(facts), 'i915-dkms').map(({ id }) => id)).toContain('driver.origin-unread');
    expect(checkOrigin(without, gpuOf(facts), 'i915-dkms', '6.17').map(({ id }) => id)).toContain('driver.origin');
  });

  test('the stock driver although the other one is on disk: the initramfs is old, as in i915-sriov-dkms issue 224', async () => {
    const stock = await factsOf('raptor-lake-s-untouched');
    const facts = withModule(stock, { name: 'i915', origin: 'dkms', file: 'updates/dkms/i915.ko' });
    const [found] = checkOrigin(facts, gpuOf(facts), 'i915-dkms');
    expect([found?.id, found?.level, found?.hint?.includes('update-initramfs -u -k 7.0.14-12-pve')]).toEqual([
      'driver.other-build',
      'wrong',
      true,
    ]);
    expect(checkOrigin(stock, gpuOf(stock), 'xe')[0]?.id).toBe('driver.not-bound');
  });
});

test('builds of others are recognised by name and by place', async () => {
  const facts = withModule(await factsOf('raptor-lake-s-by-hand'), { name: 'xe', origin: 'updates', file: 'extra/xe.ko' });
  if (facts.modules.state !== 'known') throw new Error('modules are not known');
  const dkms = [
    ...facts.modules.value.dkms,
    ...['intel-i915-dkms', 'xe-backport', 'zfs', 'r8168', 'xeon-sensor'].map((name) => ({ name, version: '1', kernels: [] })),
  ];
  const more: HostFacts = { ...facts, modules: known({ ...facts.modules.value, dkms }) };
  expect(foreignDrivers(more).map(({ what }) => what)).toEqual(['intel-i915-dkms/1', 'xe-backport/1', 'extra/xe.ko']);
});
