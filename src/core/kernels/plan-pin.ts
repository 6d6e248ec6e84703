// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Plan, Remark, Step } from '../plan/action.ts';
import { closingSteps } from '../setup/plan-order.ts';
import type { SetupGround, SetupPart } from '../setup/setup-part.ts';
import type { AvailableKernel } from './available-kernel.ts';
import { defaultRelease, installedKernels, runningRelease } from './boot-kernels.ts';
import { isDkmsInstalled } from './facts-under-kernel.ts';
import { judgeForKernel } from './judge-for-kernel.ts';
import { planKernel } from './plan-kernel.ts';

/** Plans that one kernel boots by default from now on. Headers come with it where a driver is built for each kernel. */
export function planPin(
  ground: Pick<SetupGround, 'facts' | 'ledger'>,
  { release, available }: { readonly release: string; readonly available: readonly AvailableKernel[] },
): Plan {
  const { facts } = ground;
  const part = planKernel(ground, { release, pin: true, headers: isDkmsInstalled(facts), available });
  const steps = withClosing(facts, part, release);
  const remarks = steps.length === 0 ? [] : [...modesLost(facts, release), ...nextBoot(facts, release)];
  return { title: `boot kernel ${release} from now on`, steps, remarks: [...part.remarks, ...remarks] };
}

/** Plans that the loader chooses the kernel again, which is the newest. */
export function planUnpin(facts: HostFacts): Plan {
  const title = 'let the loader choose the kernel';
  const pinned = ifKnown(facts.boot)?.pinned;
  if (pinned === undefined)
    return { title, steps: [], remarks: [{ level: 'note', id: 'kernel.not-pinned', text: 'No kernel is pinned.' }] };
  const reason = `${pinned} is pinned`;
  const pin: readonly Step[] = [{ action: 'pinKernel', args: { release: null, before: pinned }, reason }];
  const steps = withClosing(facts, { steps: pin, rebuilds: ['boot'] }, pinned);
  const newest = [...installedKernels(facts)].pop()?.release;
  const remarks = newest === undefined || newest === pinned ? [] : [...modesLost(facts, newest), ...nextBoot(facts, newest)];
  return { title, steps, remarks };
}

/** Packages, the initramfs where one is missing, the pin, and then the loader, which reads all of them. */
function withClosing(facts: HostFacts, part: Pick<SetupPart, 'steps' | 'rebuilds'>, release: string): readonly Step[] {
  const { initramfs, loader } = closingSteps({ rebuilds: part.rebuilds, boot: ifKnown(facts.boot), release, holds: [] });
  const isPin = ({ action }: Step) => action === 'pinKernel';
  return [...part.steps.filter((step) => !isPin(step)), ...initramfs, ...part.steps.filter(isPin), ...loader];
}

/** What works under the kernel that boots now and would not under the other. */
function modesLost(facts: HostFacts, release: string): readonly Remark[] {
  const now = runningRelease(facts) ?? defaultRelease(facts);
  if (now === undefined || now === release) return [];
  const before = judgeForKernel(facts, now).gpus;
  return judgeForKernel(facts, release).gpus.flatMap((gpu) =>
    gpu.modes.flatMap((mode): Remark[] => {
      const old = before.find(({ bdf }) => bdf === gpu.bdf)?.modes.find((candidate) => candidate.mode === mode.mode);
      if (old?.readiness !== 'now' || mode.readiness === 'now' || mode.mode === 'host') return [];
      const need = mode.needs[0] ?? mode.reasons[0]?.text ?? '';
      const text = `${mode.mode} of ${gpu.bdf} works under ${now} and would not under ${release}: ${need}`;
      return [{ level: 'warning', id: 'kernel.mode-lost', text }];
    }),
  );
}

function nextBoot(facts: HostFacts, release: string): readonly Remark[] {
  if (runningRelease(facts) === release) return [];
  return [{ level: 'note', id: 'kernel.next-boot', text: `Kernel ${release} runs from the next boot on.` }];
}
