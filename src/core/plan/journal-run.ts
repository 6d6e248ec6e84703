// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import type { Result } from '../problem.ts';
import type { Step } from './action.ts';
import { checkDesired, type Desired } from './desired.ts';
import { checkedBy, firstIssue, stepSchema } from './step-schema.ts';
import { parseStored, type StoredFormat } from './stored-format.ts';

/**
 * Where a run stands. `running`: steps are being done; `undoing`: they are being taken back; `applied`: all steps are
 * done and the ledger follows; `done`, `undone` and `incomplete` (something could not be undone) are closed.
 */
export type RunState = 'running' | 'undoing' | 'applied' | 'done' | 'undone' | 'incomplete';

/**
 * Where a step stands. `started` is written before a step runs, so after a power cut its effect is unknown and must be
 * looked at; `skipped` means that somebody else had done it already, so it is not ours to undo; `left` means that it
 * could not be undone.
 */
export type StepState = 'planned' | 'started' | 'done' | 'skipped' | 'undone' | 'left';

/** One step of a run with its state. */
export interface RunStep {
  readonly step: Step;
  readonly state: StepState;
  /** Why it was left. */
  readonly note?: string;
}

/** One run of apply as it stands in the journal: everything that is needed to finish or undo it. */
export interface JournalRun {
  readonly format: 1;
  readonly number: number;
  readonly title: string;
  /** Milliseconds since 1970, UTC. */
  readonly startedMs: number;
  /** The boot of the machine in which it ran (`boot_id` of the kernel), where it is known. */
  readonly bootId?: string;
  readonly state: RunState;
  readonly steps: readonly RunStep[];
  /** What was desired before the run, for `rollback`; absent in runs of versions that did not note it. */
  readonly desiredBefore?: Desired;
  /** What is desired once the run is done; absent when that does not change. */
  readonly desired?: Desired;
  /** Why the run was undone. */
  readonly failure?: string;
  /** Who asked for it in the panel, as PVE knows him; absent for what was typed on the node. */
  readonly user?: string;
}

const desiredSchema = checkedBy(checkDesired);

const schema = z.object({
  format: z.literal(1),
  number: z.int(),
  title: z.string(),
  startedMs: z.number(),
  bootId: z.exactOptional(z.string()),
  state: z.enum(['running', 'undoing', 'applied', 'done', 'undone', 'incomplete']),
  steps: z.readonly(
    z.array(
      z.object({
        step: stepSchema,
        state: z.enum(['planned', 'started', 'done', 'skipped', 'undone', 'left']),
        note: z.exactOptional(z.string()),
      }),
    ),
  ),
  desiredBefore: z.exactOptional(desiredSchema),
  desired: z.exactOptional(desiredSchema),
  failure: z.exactOptional(z.string()),
  user: z.exactOptional(z.string()),
});

const FORMAT: StoredFormat<JournalRun> = {
  name: 'the journal',
  newest: 1,
  migrations: {},
  check: (value) => {
    const parsed = schema.safeParse(value);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: firstIssue(parsed.error) };
  },
};

/** Reads one journal file; `format.unreadable` when it is torn. */
export function parseRun(text: string, where: string): Result<JournalRun> {
  return parseStored(FORMAT, text, where);
}

/** Whether nothing more is to be done about a run. */
export function isClosed(run: JournalRun): boolean {
  return run.state === 'done' || run.state === 'undone' || run.state === 'incomplete';
}

/** The run with one step in another state. */
export function withStep(run: JournalRun, index: number, state: StepState, note?: string): JournalRun {
  const steps = run.steps.map((entry, at) =>
    at === index ? { step: entry.step, state, ...(note === undefined ? {} : { note }) } : entry,
  );
  return { ...run, steps };
}
