// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { progressOf } from '../../src/cli/progress.ts';

function terminal() {
  const said = { out: '', err: '' };
  let nowMs = 0;
  const io = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    colour: false,
    columns: 60,
    interactive: false,
    confirm: async () => false,
  };
  const clock = { nowMs: () => nowMs };
  const wait = (ms: number) => {
    nowMs += ms;
  };
  return { said, io, clock, wait };
}

const CHANGE = { action: 'updateInitramfs', subject: 'initramfs of 6.17.2-1-pve', reason: 'early', diff: [] } as const;
const STEP = { action: 'updateInitramfs', reason: 'early' } as const;

test('a long step: its place, now and then its newest line, and its time; whole lines that hide nothing', () => {
  const { said, io, clock, wait } = terminal();
  const { onStep, onOutput, showTail } = progressOf(io, clock, [CHANGE]);
  onStep({ ...STEP, state: 'started' }, 0, 2);
  onOutput('stdout', 'Generating');
  wait(2500);
  onOutput('stdout', ' /boot/initrd.img\nI: \u001b[31mred\n');
  wait(500);
  onOutput('stderr', 'too soon\n');
  wait(9000);
  onStep({ ...STEP, state: 'done' }, 0, 2);
  expect(said.out).toBe('step 1 of 2: initramfs of 6.17.2-1-pve (early)\n  3 s: I: \\x1b[31mred\n  done after 12 s\n');
  showTail();
  expect(said.err).toBe('  | Generating /boot/initrd.img\n  | I: \\x1b[31mred\n  | too soon\n');
});

test('a short step says no time, one that was left out says so, and a new one starts afresh', () => {
  const { said, io, clock } = terminal();
  const { onStep, onOutput, showTail } = progressOf(io, clock, [CHANGE]);
  onStep({ ...STEP, state: 'started' }, 0, 2);
  onOutput('stdout', 'old\n');
  onStep({ ...STEP, state: 'done' }, 0, 2);
  onStep({ ...STEP, state: 'started' }, 1, 2);
  onStep({ ...STEP, state: 'skipped' }, 1, 2);
  showTail();
  expect(said).toEqual({
    out: 'step 1 of 2: initramfs of 6.17.2-1-pve (early)\nstep 2 of 2: early\n  nothing to do here\n',
    err: '',
  });
});
