// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import type { Shape } from '../machine/shape.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';

/** Everything is run with `RIG=full`; without it only what fits into twelve minutes on two cores. */
export const FULL = process.env.RIG === 'full';

/** A group of cases on one booted machine. Where the rig cannot run, its cases are counted as skipped. */
export function withMachine(title: string, shape: Shape, cases: (machine: () => VirtualMachine) => void): void {
  describe.skipIf(whyNot() !== undefined)(title, () => {
    let running: VirtualMachine | undefined;
    beforeAll(async () => {
      running = await VirtualMachine.start(shape);
    });
    afterEach((context) => {
      if (running !== undefined) Object.assign(context.task.meta, { bootSeconds: running.bootSeconds });
      if (context.task.result?.state === 'fail') console.log(`rig: console kept in ${running?.keepLogs(context.task.name)}`);
    });
    afterAll(async () => {
      await running?.kill();
    });
    cases(() => {
      if (running === undefined) throw new Error('The machine did not start.');
      return running;
    });
  });
}
