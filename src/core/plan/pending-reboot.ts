// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Result } from '../problem.ts';
import { HEALTH_CHECKS, type HealthCheck } from '../setup/health.ts';
import { listAt, objectAt, oneOfAt, optional, textAt, textOrNullAt, trueAt, WrongShape } from './check-stored.ts';
import { checkDesired, type DesiredGpu } from './desired.ts';
import { type Checked, parseStored, type StoredFormat } from './stored-format.ts';

/** What a set-up awaits of the next boot, until `confirm` has looked. Stored as `pending.json`. */
export interface PendingReboot {
  readonly format: 1;
  /** The `boot_id` of the kernel in which it was applied; null where it could not be read. */
  readonly bootId: string | null;
  /** The kernel that must run after the reboot. */
  readonly kernel: string;
  /** Words that must stand in `/proc/cmdline`. */
  readonly parameters: readonly string[];
  /** Kernels whose initramfs is still as it was before, to be built again once this boot is confirmed. */
  readonly rebuildLater: readonly string[];
  /** What the node had when it was set up, and must have again: those checks of its health that held. */
  readonly expects?: readonly HealthCheck[];
  /** The boot alone closes it: everything was given back, so there is nothing to confirm after it. */
  readonly endsWithBoot?: true;
  /** It is the way back from a set-up that did not come up well, after which nothing is taken back by itself. */
  readonly wayBack?: true;
  /** What our file of module options said when the running kernel booted, which may still have it; absent when it said nothing. */
  readonly booted?: string;
  /** What is tried for this one boot, when it is a trial: nothing of it lasts until it is confirmed. */
  readonly trial?: { readonly gpu: string; readonly wish: DesiredGpu };
}

const FORMAT: StoredFormat<PendingReboot> = {
  name: 'the note about the next boot',
  newest: 1,
  migrations: {},
  check: checkPending,
};

/** Reads `pending.json`. */
export function parsePending(text: string, where: string): Result<PendingReboot> {
  return parseStored(FORMAT, text, where);
}

/** Checks the shape of a stored note. */
export function checkPending(value: unknown): Checked<PendingReboot> {
  try {
    return { ok: true, value: pendingOf(value) };
  } catch (error) {
    if (error instanceof WrongShape) return { ok: false, reason: error.message };
    throw error;
  }
}

function pendingOf(value: unknown): PendingReboot {
  const pending = objectAt(value, 'pending');
  if (pending.format !== 1) throw new WrongShape('pending.format: it is not 1');
  return {
    format: 1,
    bootId: textOrNullAt(pending.bootId, 'bootId'),
    kernel: textAt(pending.kernel, 'kernel'),
    parameters: listAt(pending.parameters, 'parameters', textAt),
    rebuildLater: listAt(pending.rebuildLater, 'rebuildLater', textAt),
    ...optional(pending, 'expects', 'pending', (value, where) =>
      listAt(value, where, (item, at) => oneOfAt(item, at, HEALTH_CHECKS)),
    ),
    ...optional(pending, 'endsWithBoot', 'pending', trueAt),
    ...optional(pending, 'wayBack', 'pending', trueAt),
    ...optional(pending, 'booted', 'pending', textAt),
    ...optional(pending, 'trial', 'pending', trialAt),
  };
}

function trialAt(value: unknown, where: string): NonNullable<PendingReboot['trial']> {
  const trial = objectAt(value, where);
  const gpu = textAt(trial.gpu, `${where}.gpu`);
  const wish = checkDesired({ gpus: { [gpu]: trial.wish } });
  const checked = wish.ok ? wish.value.gpus[gpu] : undefined;
  if (checked === undefined) throw new WrongShape(`${where}.wish: ${wish.ok ? 'it is missing' : wish.reason}`);
  return { gpu, wish: checked };
}
