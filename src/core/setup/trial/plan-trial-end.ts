// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { isBdf } from '../../pci/address.ts';
import type { Plan, Step } from '../../plan/action.ts';
import type { PendingReboot } from '../../plan/pending-reboot.ts';
import { ok, problem, type Result } from '../../problem.ts';
import { planSetup } from '../plan-setup.ts';
import type { SetupWorld } from '../setup-wish.ts';

/**
 * What `confirm` does after a trial: where the trial runs now, its mode is set up to last; where another boot followed it, it is
 * forgotten. The entry goes in both cases.
 */
export function planTrialEnd(
  world: SetupWorld,
  pending: PendingReboot,
  trial: NonNullable<PendingReboot['trial']>,
): Result<Plan> {
  const words = (ifKnown(world.facts.kernel)?.cmdline ?? '').split(/\s+/);
  const runs = pending.parameters.every((word) => words.includes(word));
  const entry = { release: pending.kernel, words: pending.parameters };
  const loader = ifKnown(world.facts.boot)?.loaders.some(({ kind, active }) => kind === 'systemd-boot' && active !== false)
    ? 'systemd-boot'
    : 'grub';
  const close: readonly Step[] = [
    { action: 'trialEntry', args: { loader, entry: null, before: entry }, reason: 'the trial is over' },
  ];
  const forget: Step = {
    action: 'noteReboot',
    args: { pending: null, before: pending },
    reason: 'nothing is awaited any more',
  };
  if (!runs) {
    const text = 'The trial did not come up, or another boot followed it: this boot is as it was before. It is forgotten.';
    const hint = 'The log of the boot before this one: journalctl -b -1';
    return ok({
      title: 'end the trial',
      steps: [...close, forget],
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
    steps: [...lasting.value.steps.filter((step) => step !== note), ...close, ...after],
  });
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
