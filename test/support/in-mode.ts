// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { Mode } from '../../src/core/gpu/verdict.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { Simulated } from '../app/simulated.ts';

/** A machine on which a mode was set up for every Intel GPU that can have it, and booted; else as it is. */
export async function inMode(profile: Profile, mode: Mode): Promise<Simulated> {
  const machine = new Simulated(profile);
  const gpus = profile.devices
    .filter((device) => device.class.startsWith('03') && device.vendor === '8086')
    .map(({ bdf }) => bdf);
  for (const gpu of gpus) await machine.carryOut(() => planHostSetup(machine.context, { mode, gpu: gpu as never }), true);
  expect(await machine.node.reboot()).toEqual({ booted: true });
  return machine;
}
