// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { isBdf } from '../../pci/address.ts';
import type { Plan, Remark, Step } from '../../plan/action.ts';
import type { PendingReboot } from '../../plan/pending-reboot.ts';
import { ok, problem, type Result } from '../../problem.ts';
import { planSetup } from '../plan-setup.ts';
import type { SetupWorld } from '../setup-wish.ts';
import { trialRuns } from './trial-runs.ts';

/**
 * What `confirm` does after a trial: where the trial runs now, its mode is set up to last; where another boot followed it, it is
 * forgotten. The entry goes in both cases.
 */
export function planTrialEnd(
  world: SetupWorld,
  pending: PendingReboot,
  trial: NonNullable<PendingReboot['trial']>,
): Result<Plan> {
  const { close, forget } = closing(world, pending);
  if (!trialRuns(world.facts, pending)) {
    const text = 'The trial did not come up, or another boot followed it: this boot is as it was before. It is forgotten.';
    const hint = 'The log of the boot before this one: journalctl -b -1';
    return ok({
      title: 'end the trial',
      steps: [close, forget],
      remarks: [{ level: 'warning', id: 'confirm.trial-failed', text, hint }],
    });
  }
  if (!isBdf(trial.gpu)) return problem('gpu.unknown', `The trial was of "${trial.gpu}", which is no address.`);
  const lasting = planSetup({ ...withoutWords(world, pending.parameters), pending: null }, { ...trial.wish, gpu: trial.gpu });
  if (!lasting.ok) return lasting;
  const note = lasting.value.steps.find((step) => step.action === 'noteReboot');
  const after: readonly Step[] = note === undefined ? [forget] : [{ ...note, args: { ...note.args, before: pending } }];
  return ok({
    ...lasting.value,
    title: `make the trial last: ${lasting.value.title}`,
    steps: [...lasting.value.steps.filter((step) => step !== note), close, ...after],
  });
}

/** Takes the entry of a trial away, whether it was started or not; a trial that runs goes on until the next boot. */
export function planTrialAway(world: SetupWorld, pending: PendingReboot): Plan {
  const { close, forget } = closing(world, pending);
  const text = 'The trial runs until the next boot of this node, which is as before.';
  const remarks: readonly Remark[] = trialRuns(world.facts, pending) ? [{ level: 'note', id: 'setup.trial-runs', text }] : [];
  return { title: 'end the trial', steps: [close, forget], remarks };
}

function closing(world: SetupWorld, pending: PendingReboot): { readonly close: Step; readonly forget: Step } {
  const entry = { release: pending.kernel, words: pending.parameters };
  const loaders = ifKnown(world.facts.boot)?.loaders ?? [];
  const isSystemdBoot = loaders.some(({ kind, active }) => kind === 'systemd-boot' && active !== false);
  const loader = isSystemdBoot ? 'systemd-boot' : 'grub';
  return {
    close: { action: 'trialEntry', args: { loader, entry: null, before: entry }, reason: 'the trial is over' },
    forget: { action: 'noteReboot', args: { pending: null, before: pending }, reason: 'nothing is awaited any more' },
  };
}

/** The world without the trial's words on the command line: nothing of them will be there at the next boot. */
function withoutWords(world: SetupWorld, words: readonly string[]): SetupWorld {
  const { kernel } = world.facts;
  if (kernel.state !== 'known') return world;
  const cmdline = kernel.value.cmdline
    .split(/\s+/)
    .filter((word) => !words.includes(word))
    .join(' ');
  return { ...world, facts: { ...world.facts, kernel: { ...kernel, value: { ...kernel.value, cmdline } } } };
}
