// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { senseModules } from '../../../src/app/sense/sense-modules.ts';
import { machine } from '../../support/machine.ts';
import { knownValue } from './known-value.ts';

const RELEASE = '/lib/modules/6.17.2-1-pve';

const prepared = () =>
  machine()
    .withFile(
      `${RELEASE}/modules.dep`,
      [
        'kernel/drivers/vfio/pci/vfio-pci.ko: kernel/drivers/vfio/pci/vfio-pci-core.ko',
        'kernel/drivers/vfio/pci/vfio-pci-core.ko:',
        'kernel/sound/hda/controllers/snd-hda-intel.ko: kernel/drivers/gpu/drm/i915/other.ko',
        'updates/dkms/i915.ko.zst: updates/dkms/intel_sriov_compat.ko.zst',
        'updates/rig/kvmgt.ko: updates/dkms/i915.ko.zst',
        'kernel/drivers/gpu/drm/xe/xe.ko.zst: kernel/drivers/gpu/drm/drm_gpuvm.ko.zst',
      ].join('\n'),
    )
    .withFile(`${RELEASE}/modules.builtin`, 'kernel/drivers/vfio/vfio.ko\nkernel/drivers/vfio/vfio_iommu_type1.ko\n')
    .withModule('i915', { max_vfs: '7', enable_guc: '3' }, { version: '2026.05.06\n', taint: 'OE\n' })
    .withModule('vfio', { enable_unsafe_noiommu_mode: 'N' });

const byName = async (there: ReturnType<typeof machine>) =>
  new Map(knownValue(await senseModules(memoryHost(there.tree))).modules.map((module) => [module.name, module]));

test('tells origin, version, taint and parameters', async () => {
  const modules = await byName(prepared());
  expect(modules.get('i915')).toEqual({
    name: 'i915',
    loaded: true,
    origin: 'dkms',
    file: 'updates/dkms/i915.ko.zst',
    version: '2026.05.06',
    taint: 'OE',
    parameters: { enable_guc: '3', max_vfs: '7' },
  });
  expect([...modules.values()].map(({ name, loaded, origin }) => `${name} ${loaded} ${origin}`)).toEqual([
    'i915 true dkms',
    'xe false stock',
    'kvmgt false updates',
    'vfio true builtin',
    'vfio_pci false stock',
    'xe_vfio_pci false absent',
    'mdev false absent',
    'vfio_iommu_type1 true builtin',
    'snd_hda_intel false stock',
    'nouveau false absent',
    'amdgpu false absent',
  ]);
});

test("without depmod's index the origin is unknown, not absent", async () => {
  const there = prepared();
  there.tree.remove(`${RELEASE}/modules.dep`);
  expect((await byName(there)).get('xe')?.origin).toBe('unknown');
  expect((await byName(there)).get('vfio')?.origin).toBe('builtin');
});

test('lists the configuration lines that count, and not those that a stronger directory hides', async () => {
  const there = prepared()
    .withFile('/etc/modprobe.d/pveigpu.conf', '# options i915 max_vfs=1\noptions i915 \\\n  max_vfs=7\n\nblacklist xe\n')
    .withFile('/etc/modprobe.d/pve-blacklist.conf', 'blacklist nvidiafb\n')
    .withFile('/etc/modprobe.d/old.conf.bak', 'blacklist i915\n')
    .withFile('/usr/lib/modprobe.d/pveigpu.conf', 'blacklist i915\n')
    .withFile('/usr/lib/modprobe.d/a.conf', 'softdep drm pre: vfio-pci\noptions snd-hda-intel power_save=1\n')
    .withLink('/lib', 'usr/lib')
    .withFile('/etc/modules', '# list\nvfio-pci\nloop\n')
    .withLink('/etc/modules-load.d/modules.conf', '../modules')
    .withFile('/etc/modules-load.d/gvt.conf', 'kvmgt\n');
  // The index is below /lib, which is a link on Debian.
  expect(knownValue(await senseModules(memoryHost(there.tree))).configLines).toEqual([
    { path: '/usr/lib/modprobe.d/a.conf', line: 1, text: 'softdep drm pre: vfio-pci' },
    { path: '/usr/lib/modprobe.d/a.conf', line: 2, text: 'options snd-hda-intel power_save=1' },
    { path: '/etc/modprobe.d/pveigpu.conf', line: 2, text: 'options i915   max_vfs=7' },
    { path: '/etc/modprobe.d/pveigpu.conf', line: 5, text: 'blacklist xe' },
    { path: '/etc/modules', line: 2, text: 'vfio-pci' },
    { path: '/etc/modules-load.d/gvt.conf', line: 1, text: 'kvmgt' },
  ]);
});

test('reads the DKMS tree: built for a kernel, or only added', async () => {
  const tree = '/var/lib/dkms';
  const there = prepared()
    .withFile(`${tree}/mok.pub`, 'x')
    .withFile(`${tree}/dkms_dbversion`, '3.0.0\n')
    .withLink(`${tree}/i915-sriov-dkms/2026.05.06/source`, '/usr/src/i915-sriov-dkms-2026.05.06')
    .withFile('/usr/src/i915-sriov-dkms-2026.05.06/compat/module/Makefile', '')
    .withFile(`${tree}/i915-sriov-dkms/2026.05.06/build/drivers/module/i915.c`, '')
    .withFile(`${tree}/i915-sriov-dkms/2026.05.06/6.17.2-1-pve/x86_64/module/i915.ko`, '')
    .withFile(`${tree}/i915-sriov-dkms/2026.05.06/6.17.2-1-pve/x86_64/log/make.log`, '')
    .withFile(`${tree}/i915-sriov-dkms/2026.05.06/6.18.1-1-pve/x86_64/log/make.log`, '')
    .withLink(`${tree}/i915-sriov-dkms/kernel-6.17.2-1-pve-x86_64`, '2026.05.06/6.17.2-1-pve/x86_64')
    .withLink(`${tree}/other/1.0/source`, '/usr/src/other-1.0')
    .withFile(`${tree}/i915-sriov-dkms/original_module/6.17.2-1-pve/x86_64/i915.ko`, '');
  expect(knownValue(await senseModules(memoryHost(there.tree))).dkms).toEqual([
    { name: 'i915-sriov-dkms', version: '2026.05.06', kernels: ['6.17.2-1-pve'] },
    { name: 'other', version: '1.0', kernels: [] },
  ]);
});

test('a DKMS module that is not compressed tells which kernel tree it is from', async () => {
  const there = prepared()
    .withFile(`${RELEASE}/modules.dep`, 'updates/dkms/xe.ko:\n')
    .withFile(`${RELEASE}/updates/dkms/xe.ko`, '\x7fELF\0origin_kernel=6.17\0');
  expect((await byName(there)).get('xe')).toMatchObject({ origin: 'dkms', originKernel: '6.17' });
  const facts = knownValue(await senseModules(memoryHost(there.tree), { withOriginKernel: false }));
  expect(facts.modules.find((module) => module.name === 'xe')).not.toHaveProperty('originKernel');
});
