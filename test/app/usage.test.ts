// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { readUsage } from '../../src/app/usage.ts';
import { simulated } from './simulated.ts';

const TOOL = '/usr/bin/intel_gpu_top';

test('i915 is measured by intel_gpu_top where that is installed', async () => {
  const machine = simulated('raptor-lake-s');
  machine.node.machine.tree.setFile(TOOL, '', { mode: 0o755 });
  const { gpus } = await readUsage(machine.context);
  expect(gpus).toMatchObject([{ bdf: '0000:00:02.0', source: 'intel_gpu_top', why: null, frequencyMHz: 300 }]);
  expect(gpus[0]?.engines.map(({ name }) => name)).toEqual(['Render/3D', 'Blitter', 'Video', 'VideoEnhance']);
});

test('a guest that works makes it busier', async () => {
  const machine = simulated('raptor-lake-s');
  machine.node.machine.tree.setFile(TOOL, '', { mode: 0o755 });
  await machine.assign({ vmid: 101 });
  await machine.must('qm', 'start', '101');
  const busy = async () =>
    Math.max(...((await readUsage(machine.context)).gpus[0]?.engines ?? []).map(({ busyPercent }) => busyPercent));
  const seen: number[] = [];
  for (let at = 0; at < 20; at += 1) {
    seen.push(await busy());
    machine.node.machine.advance(3000);
  }
  expect(Math.max(...seen)).toBeGreaterThan(20);
  await machine.must('qm', 'stop', '101');
  expect(await busy()).toBeLessThan(5);
});

test.each([
  ['raptor-lake-s', 'intel_gpu_top is not installed'],
  ['lunar-lake', 'counts no engines'],
])('%s: nothing measures it, and it says why', async (profile, why) => {
  const { gpus } = await readUsage(simulated(profile).context);
  expect(gpus).toMatchObject([{ source: null, engines: [], why: expect.stringContaining(why) }]);
});

test('a GPU that a guest has is measured there alone', async () => {
  const machine = simulated('raptor-lake-s');
  await machine.node.poke('/sys/bus/pci/devices/0000:00:02.0/driver/unbind', '0000:00:02.0');
  const { gpus } = await readUsage(machine.context);
  expect(gpus).toMatchObject([{ source: null, why: 'No driver is bound to it.' }]);
});
