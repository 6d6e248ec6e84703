// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { allScenarios, type Scenario } from '../../simulator/run-scenario.ts';
import { guestProgram } from '../calibration/guest-program.ts';
import { NOT_ON_THE_RIG } from '../calibration/not-on-the-rig.ts';
import { differences } from '../calibration/observation.ts';
import { runOnKernel } from '../calibration/run-on-kernel.ts';
import { profileOf, runOnSimulator } from '../calibration/run-on-simulator.ts';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { withMachine } from './with-machine.ts';

const scenarios = allScenarios().filter((scenario) => NOT_ON_THE_RIG[scenario.name] === undefined);
const withoutIommu = (scenario: Scenario) => /\bintel_iommu=off\b/.test(profileOf(scenario).cmdline);
/** udev must not load drivers here: each scenario says which are there. */
const APPEND = 'modprobe.blacklist=i915,xe,kvmgt,vfio_pci';

async function compare(machine: VirtualMachine, scenario: Scenario): Promise<void> {
  const simulator = await runOnSimulator(scenario);
  const kernel = await runOnKernel(machine, scenario, guestProgram(scenario, simulator));
  if ('problem' in kernel) throw new Error(kernel.problem);
  const found = differences(simulator.observations, kernel.observations).map((difference) => {
    const step = scenario.steps[Number(/\d+/.exec(difference)?.[0]) - 1];
    return `${difference}   ${JSON.stringify(step)}`;
  });
  expect(found.join('\n'), 'differences').toBe('');
}

test('there are enough steps to compare', () => {
  const steps = scenarios.reduce((sum, scenario) => sum + scenario.steps.length, 0);
  expect(steps).toBeGreaterThan(60);
  const names = new Set(allScenarios().map(({ name }) => name));
  expect(Object.keys(NOT_ON_THE_RIG).filter((name) => !names.has(name))).toEqual([]);
});

withMachine('simulator and kernel', { mode: 'fast', udev: true, append: APPEND }, (machine) => {
  const list = scenarios.filter((scenario) => !withoutIommu(scenario));
  test.each(list.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    await compare(machine(), scenario);
  });
});

withMachine('simulator and kernel without IOMMU', { mode: 'fast', udev: true, append: APPEND, iommu: false }, (machine) => {
  const list = scenarios.filter(withoutIommu);
  test.each(list.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    await compare(machine(), scenario);
  });
});
