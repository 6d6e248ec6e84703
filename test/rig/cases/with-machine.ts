// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import type { Shape } from '../machine/shape.ts';
import { VirtualMachine } from '../machine/virtual-machine.ts';

// A worker outlives a vitest that is killed, and its machine with it.
process.once('disconnect', () => process.exit());

/** Everything is run with `RIG=full`; without it a sample that leaves room for the rest of `.ci/run`. */
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

/** A write of a program at which it is killed, counted from 1: before it, after it, or while its writer lives on. */
export type Gap = readonly [when: 'before' | 'after' | 'late', number: number];

/** The gaps of so many writes: all of them with `RIG=full`, else those of the sample. */
export function gapsOf(writes: number, sample: readonly Gap[]): readonly Gap[] {
  const numbers = Array.from({ length: writes }, (_none, index) => index + 1);
  return FULL
    ? (['before', 'after', 'late'] as const).flatMap((when) => numbers.map((number) => [when, number] as const))
    : sample;
}
