// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { Step } from '../../../src/core/plan/action.ts';
import { isClosed, type JournalRun, parseRun, withStep } from '../../../src/core/plan/journal-run.ts';
import { EMPTY_LEDGER } from '../../../src/core/plan/ledger.ts';
import { foldRun } from '../../../src/core/plan/ledger-fold.ts';
import { printStored } from '../../../src/core/plan/stored-format.ts';
import { changedFile, createVfs, guestStep, newFile, poolOf, removedFile } from '../../app/engine/plans.ts';

const pools = [
  { action: 'createPool', args: { pool: poolOf(1) }, reason: 'r' },
  { action: 'updatePool', args: { pool: poolOf(1, 2), before: poolOf(1), digest: 'd' }, reason: 'r' },
  { action: 'removePool', args: { before: poolOf(1) }, reason: 'r' },
] as const;
const pending = { format: 1, bootId: 'b', kernel: '6.17.2-1-pve', parameters: ['a=1'], rebuildLater: ['6.14.8-2-pve'] } as const;
const setUp: readonly Step[] = [
  {
    action: 'editFile',
    args: {
      path: '/etc/kernel/cmdline',
      base64: 'YQ==',
      mode: 0o644,
      before: { kind: 'absent' },
      edit: { kind: 'kernel-parameters', format: 'kernel-cmdline', added: ['a'], removed: [] },
    },
    reason: 'r',
  },
  {
    action: 'run',
    args: { argv: ['systemctl', 'daemon-reload'], undo: null, done: { kind: 'exists', path: '/x' }, timeoutMs: 9 },
    reason: 'r',
  },
  { action: 'enableUnit', args: { unit: 'u.service', enabled: true, before: false }, reason: 'r' },
  { action: 'refreshBoot', args: { tool: 'update-grub' }, reason: 'r' },
  { action: 'updateInitramfs', args: { release: '6.17.2-1-pve', holds: ['etc/x'] }, reason: 'r' },
  {
    action: 'installPackage',
    args: { packages: [{ name: 'dkms', version: '3', file: '/a.deb', sha256: 'ab' }], before: { dkms: null, old: '1' } },
    reason: 'r',
  },
  { action: 'removePackage', args: { packages: [{ name: 'old' }], before: { old: '1' } }, reason: 'r' },
  { action: 'pinKernel', args: { release: '6.14.8-2-pve', before: null }, reason: 'r' },
  { action: 'noteReboot', args: { pending, before: null }, reason: 'r' },
];
const steps = [...createVfs, ...setUp, newFile, changedFile, removedFile, guestStep(101, { tags: 'x' }), ...pools];
const run: JournalRun = {
  format: 1,
  number: 3,
  title: 'all actions',
  startedMs: 1_700_000_000_000,
  state: 'applied',
  steps: steps.map((step) => ({ step, state: 'done' })),
  desiredBefore: { format: 1, gpus: {} },
  desired: { format: 1, gpus: { key: { mode: 'sriov', numVfs: 2 } } },
  failure: 'none',
  user: 'alice@pve',
};

describe('a run on disk', () => {
  test('with every action is read as it was written', () => {
    expect(parseRun(printStored(run), 'j')).toEqual({ ok: true, value: run });
  });

  test('is refused at every length but the whole one', () => {
    const text = printStored(run).trimEnd();
    for (let length = 0; length < text.length; length += 13) {
      expect(parseRun(text.slice(0, length), 'j'), `cut at ${length}`).toMatchObject({
        ok: false,
        problem: { code: 'format.unreadable' },
      });
    }
  });

  test.each([
    ['an argument of another type', (text: string) => text.replace('"timeoutMs": 1000', '"timeoutMs": "1000"'), 'steps.0'],
    ['a desired state that is none', (text: string) => text.replace('"mode": "sriov"', '"mode": "x"'), 'desired'],
    ['a state that is none', (text: string) => text.replace('"applied"', '"paused"'), 'state'],
  ])('with %s is refused, naming the place', (_name, spoil, place) => {
    const answer = parseRun(spoil(printStored(run)), 'j');
    expect(answer).toMatchObject({ ok: false, problem: { code: 'format.unreadable', message: expect.stringContaining(place) } });
  });
});

test('folding a run twice is as once', () => {
  const once = foldRun(EMPTY_LEDGER, run);
  expect(once.lastRun).toBe(3);
  expect(Object.keys(once.files)).toHaveLength(3);
  expect(foldRun(once, run)).toBe(once);
});

test('skipped steps are not ours', () => {
  const skipped = { ...run, steps: run.steps.map(({ step }) => ({ step, state: 'skipped' as const })) };
  expect(foldRun(EMPTY_LEDGER, skipped)).toEqual({ ...EMPTY_LEDGER, lastRun: 3 });
});

test('closed and open states', () => {
  const states = ['running', 'undoing', 'applied', 'done', 'undone', 'incomplete'] as const;
  expect(states.map((state) => isClosed({ ...run, state }))).toEqual([false, false, false, true, true, true]);
  expect(withStep(run, 1, 'left', 'why').steps[1]).toEqual({ step: run.steps[1]?.step, state: 'left', note: 'why' });
});
