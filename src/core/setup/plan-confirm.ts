// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import type { Plan, Remark, Step } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { type Assertion, assertSetup } from './assertion.ts';
import { OWN_MODPROBE } from './own-path.ts';
import { closingSteps } from './plan-order.ts';
import type { SetupWorld } from './setup-wish.ts';
import { planTrialEnd } from './trial/plan-trial-end.ts';

/**
 * Closes a set-up after its reboot: when all is as it should be, the other kernels get the same initramfs and nothing is
 * awaited any more. Fails with `facts.differ` when the node was not rebooted, or did not come up as it was set up.
 */
export function planConfirm(world: SetupWorld): Result<Plan> {
  const { pending, facts } = world;
  const title = 'confirm the set-up after the reboot';
  const view = assertSetup(world);
  const wrong = view.assertions.filter(({ answer }) => answer === 'no');
  if (pending === null) {
    const text =
      wrong.length === 0
        ? 'No reboot is awaited: there is nothing to confirm.'
        : 'No reboot is awaited, but the node is not as it was set up.';
    const hint = wrong.length === 0 ? {} : { hint: 'See pveigpu assert.' };
    return ok({
      title,
      steps: [],
      remarks: [{ level: wrong.length === 0 ? 'note' : 'warning', id: 'confirm.nothing', text, ...hint }],
    });
  }
  if (wrong.some(({ id }) => id === 'assert.rebooted'))
    return problem('facts.differ', 'The node has not been rebooted since it was set up, so there is nothing to confirm yet.', {
      hint: 'Reboot it, then run pveigpu confirm.',
    });
  if (pending.trial !== undefined) return planTrialEnd(world, pending, pending.trial);
  const [first] = wrong;
  if (first !== undefined)
    return problem('facts.differ', `The node did not come up as it was set up: ${first.text}${more(wrong)}`, {
      hint: 'See pveigpu assert; pveigpu rollback goes back to what was before.',
    });
  const holds = ifKnown(facts.config)?.files.some(({ path }) => path === OWN_MODPROBE) === true ? [OWN_MODPROBE.slice(1)] : [];
  const boot = ifKnown(facts.boot);
  const installed = boot?.kernels.filter(({ hasInitramfs }) => hasInitramfs).map(({ release }) => release) ?? [];
  const releases = pending.rebuildLater.filter((release) => installed.includes(release));
  const builds = releases.flatMap((release): readonly Step[] =>
    closingSteps({ rebuilds: ['initramfs'], boot, release, holds }).initramfs.map((step) => ({
      ...step,
      reason: 'the kernel to fall back on gets the same options, now that they are known to be good',
    })),
  );
  const loader =
    builds.length === 0 ? [] : closingSteps({ rebuilds: ['initramfs'], boot, release: pending.kernel, holds }).loader;
  const close: Step = { action: 'noteReboot', args: { pending: null, before: pending }, reason: 'nothing is awaited any more' };
  return ok({ title, steps: [...builds, ...loader, close], remarks: view.assertions.map(seen) });
}

function seen({ id, text }: Assertion): Remark {
  return { level: 'note', id, text };
}

function more(wrong: readonly Assertion[]): string {
  return wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : '';
}
