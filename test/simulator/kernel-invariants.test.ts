// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { createSimulatedNode, type SimulatedNode } from '../../src/simulator/simulated-node.ts';

const DEVICES = '/sys/bus/pci/devices';
const PF = `${DEVICES}/0000:00:02.0`;
const FUNCTION = fc.integer({ min: 0, max: 4 }).map((fn) => `0000:00:02.${fn}`);
const DRIVER = fc.constantFrom('i915', 'xe', 'vfio-pci', 'nosuch', '\n');

type Step =
  | { readonly path: string; readonly value: string }
  | { readonly open: string }
  | 'close'
  | { readonly modprobe: string };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('0', '1', '2', '4', '9', 'x').map((value) => ({ path: `${PF}/sriov_numvfs`, value })) },
  { weight: 1, arbitrary: fc.constantFrom('0', '1').map((value) => ({ path: `${PF}/sriov_drivers_autoprobe`, value })) },
  {
    weight: 4,
    arbitrary: fc.tuple(FUNCTION, DRIVER).map(([bdf, value]) => ({ path: `${DEVICES}/${bdf}/driver_override`, value })),
  },
  { weight: 4, arbitrary: FUNCTION.map((value) => ({ path: '/sys/bus/pci/drivers_probe', value })) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('i915', 'xe', 'vfio-pci'), fc.constantFrom('bind', 'unbind'), FUNCTION)
      .map(([driver, file, value]) => ({ path: `/sys/bus/pci/drivers/${driver}/${file}`, value })),
  },
  { weight: 1, arbitrary: fc.constant({ path: '/sys/bus/pci/drivers/vfio-pci/new_id', value: '8086 a780' }) },
  // Of the PF only: removing a VF by hand leaves a dangling virtfn link, on a real kernel as well.
  { weight: 1, arbitrary: fc.constant({ path: `${PF}/remove`, value: '1' }) },
  { weight: 1, arbitrary: fc.constant({ path: '/sys/bus/pci/rescan', value: '1' }) },
  { weight: 2, arbitrary: FUNCTION.map((open) => ({ open })) },
  { weight: 2, arbitrary: fc.constant<Step>('close') },
  { weight: 1, arbitrary: fc.constantFrom('vfio-pci', 'xe').map((modprobe) => ({ modprobe })) },
);

/** What must hold whatever was written: sysfs is one consistent picture. */
function expectConsistent(node: SimulatedNode): void {
  const { tree } = node.machine;
  for (const { path, node: entry } of tree.walk('/sys'))
    if (entry.kind === 'symlink') expect(tree.get(path), `${path} -> ${entry.target}`).toBeDefined();
  const names = tree.names(DEVICES) ?? [];
  for (const bdf of names) {
    const driver = tree.lookup(`${DEVICES}/${bdf}/driver`);
    const bound = 'path' in driver ? driver.path.split('/').pop() : undefined;
    for (const name of tree.names('/sys/bus/pci/drivers') ?? [])
      expect(tree.get(`/sys/bus/pci/drivers/${name}/${bdf}`) !== undefined, `${name} and ${bdf}`).toBe(name === bound);
    const vfio = bound === 'vfio-pci';
    const group = tree.lookup(`${DEVICES}/${bdf}/iommu_group`);
    const number = 'path' in group ? group.path.split('/').pop() : undefined;
    expect(number, bdf).toBeDefined();
    if (bdf.startsWith('0000:00:02')) expect(tree.get(`/dev/vfio/${number}`) !== undefined, `node of ${bdf}`).toBe(vfio);
    expect(tree.get(`/sys/kernel/iommu_groups/${number}/devices/${bdf}`)).toBeDefined();
    expect(tree.get(`/dev/dri/by-path/pci-${bdf}-render`) !== undefined, `render node of ${bdf}`).toBe(
      bdf.startsWith('0000:00:02') && (bound === 'i915' || bound === 'xe'),
    );
  }
}

/** Once nobody has anything open, VFs, links and count agree. */
function expectSettled(node: SimulatedNode): void {
  const { tree } = node.machine;
  const vfs = (tree.names(DEVICES) ?? []).filter((bdf) => /^0000:00:02\.[1-7]$/.test(bdf));
  const links = (tree.names(PF) ?? []).filter((name) => name.startsWith('virtfn'));
  expect(links.length).toBe(vfs.length);
  for (const bdf of vfs) expect(tree.get(`${DEVICES}/${bdf}/physfn/sriov_totalvfs`), bdf).toBeDefined();
}

describe('the simulated kernel', () => {
  test('keeps sysfs consistent under any writes', async () => {
    const profile = findProfile('raptor-lake-s');
    if (profile === undefined) throw new Error('no profile');
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 25 }), (steps) => {
        const node = createSimulatedNode(profile);
        const { kernel, tree } = node.machine;
        const open: number[] = [];
        for (const step of steps) {
          if (step === 'close') kernel.endProcess(open.pop() ?? -1);
          else if ('modprobe' in step) kernel.modprobe(step.modprobe);
          else if ('open' in step) {
            const group = tree.lookup(`${DEVICES}/${step.open}/iommu_group`);
            const path = 'path' in group ? `/dev/vfio/${group.path.split('/').pop()}` : '';
            if (tree.get(path) !== undefined) open.push(kernel.startProcess({ command: 'kvm', argv: ['kvm'], open: [path] }).pid);
          } else kernel.write(step.path, step.value);
          expectConsistent(node);
        }
        for (const pid of open) kernel.endProcess(pid);
        expectConsistent(node);
        expectSettled(node);
      }),
      { numRuns: 100 },
    );
  });
});
