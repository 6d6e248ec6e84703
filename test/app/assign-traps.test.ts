// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { planVfCreate } from '../../src/app/vf.ts';
import type { Result } from '../../src/core/problem.ts';
import { bdf } from '../support/facts.ts';
import { simulated } from './simulated.ts';

function done(result: Result<unknown>): void {
  if (!result.ok) throw new Error(result.problem.message);
}

test('a VF that a guest had before us stays, also when assign only added the hookscript to it', async () => {
  const node = simulated('raptor-lake-s-by-hand');
  const before = node.config(101);
  expect(before).toContain('hostpci0: 0000:00:02.1,pcie=1\n');
  done(await node.assign({ vmid: 101, vf: 1 }));
  expect(node.config(101)).toContain('hookscript: ');
  done(await node.unassign(101));
  expect(node.config(101)).toBe(before);
});

test('a pool stays with its GPU when a reboot of the node has taken the VFs away', async () => {
  const node = simulated('arc-pro');
  done(await node.assign({ vmid: 100, gpu: bdf('0000:00:02.0') }));
  await node.node.reboot();
  const mapping = node.mapping();
  const result = await node.assign({ vmid: 101, gpu: bdf('0000:03:00.0') });
  expect(result.ok ? 'done' : result.problem.code).toBe('pool.invalid');
  expect(node.mapping()).toBe(mapping);
  done(await node.assign({ vmid: 101, gpu: bdf('0000:03:00.0'), pool: 'card' }));
  await node.must('qm', 'start', '101');
  expect(node.held()).toEqual(['0000:03:00.1 101']);
});

test('the only VF of a pool is not pinned to a guest of that pool: it would need it twice', async () => {
  const node = simulated('raptor-lake-s');
  done(await node.carryOut(async () => await planVfCreate(node.context, { count: 1 })));
  done(await node.assign({ vmid: 100 }));
  const config = node.config(100);
  const result = await node.assign({ vmid: 100, vf: 1 });
  expect(result.ok ? 'done' : result.problem.code).toBe('guest.slice-taken');
  expect(node.config(100)).toBe(config);
  done(await node.assign({ vmid: 101, vf: 1 }));
});

test('a VF that was made with autoprobe off and is bound to nothing is bound by assign, so that PVE can start with it', async () => {
  const node = simulated('raptor-lake-s');
  const pf = '/sys/bus/pci/devices/0000:00:02.0';
  expect(node.node.machine.kernel.write(`${pf}/sriov_drivers_autoprobe`, '0')).toBe('ok');
  expect(node.node.machine.kernel.write(`${pf}/sriov_numvfs`, '2')).toBe('ok');
  done(await node.assign({ vmid: 100 }));
  await node.must('qm', 'start', '100');
  expect(node.held()).toEqual(['0000:00:02.1 100']);
});

test('VFs that the hook of one guest made can be used by a guest without our hook', async () => {
  const node = simulated('raptor-lake-s');
  done(await node.assign({ vmid: 100 }));
  done(await node.assign({ vmid: 101, vf: 1 }));
  await node.node.reboot();
  await node.must('qm', 'start', '101');
  await node.must('qm', 'start', '100');
  expect(node.held()).toEqual(['0000:00:02.1 101', '0000:00:02.2 100']);
});
