// SPDX-License-Identifier: AGPL-3.0-or-later
import { activeLoader, effectiveParameters } from '../boot/active-loader.ts';
import { givesWord } from '../boot/gives-word.ts';
import { compareReleases } from '../boot/release-order.ts';
import { ifKnown } from '../facts/section.ts';
import type { Mode } from '../gpu/verdict.ts';
import { defaultRelease } from '../kernels/boot-kernels.ts';
import { type DesiredGpu, desiredOf } from '../plan/desired.ts';
import { intelGpus } from '../vf/vf.ts';
import { gpuAssertions } from './gpu-assertions.ts';
import { planSetup } from './plan-setup.ts';
import type { SetupWorld } from './setup-wish.ts';

/** One thing that was looked at. */
export interface Assertion {
  /** Stable id, for example `assert.driver`. */
  readonly id: string;
  /** What it is about: an address, or `node`. */
  readonly subject: string;
  readonly answer: 'yes' | 'no' | 'unknown';
  /** What should be and what was found, one sentence. */
  readonly text: string;
}

/** All that was looked at: a JSON value. */
export interface AssertionView {
  readonly format: 1;
  /** Whether everything is as it should be. */
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly assertions: readonly Assertion[];
}

/** Compares the machine with what was asked for, or with a mode that is named: what runs now, what the last set-up awaits, and the files. */
export function assertSetup(world: SetupWorld, asked: { readonly mode?: Mode; readonly gpu?: string } = {}): AssertionView {
  const pci = ifKnown(world.facts.pci);
  const gpus = (pci === undefined ? [] : intelGpus(pci)).filter(({ bdf }) => asked.gpu === undefined || bdf === asked.gpu);
  const assertions = gpus.flatMap((device): readonly Assertion[] => {
    const before = desiredOf(world.desired, device);
    const wish: DesiredGpu | undefined = asked.mode === undefined || asked.mode === before?.mode ? before : { mode: asked.mode };
    if (wish === undefined) return [];
    const gpu = world.verdict.gpus.find(({ bdf }) => bdf === device.bdf);
    const running = gpu === undefined ? [] : gpuAssertions(world, device, gpu, wish);
    return [...running, filesAssertion(world, device.bdf, wish)];
  });
  return viewOf([...pendingAssertions(world), ...assertions]);
}

/** What the last set-up awaits of the next boot, when there is something. */
export function pendingAssertions({
  facts,
  pending,
  bootId,
}: Pick<SetupWorld, 'facts' | 'pending' | 'bootId'>): readonly Assertion[] {
  if (pending === null) return [];
  const kernel = ifKnown(facts.kernel);
  const missing = pending.parameters.filter((word) => !givesWord(kernel?.cmdline ?? '', word));
  const isBooted = pending.bootId !== null && bootId !== null && pending.bootId !== bootId;
  return [
    one(
      'assert.rebooted',
      isBooted,
      isBooted ? 'The node has been rebooted since it was set up.' : 'The node has not been rebooted since it was set up.',
    ),
    kernelAssertion(facts, pending.kernel),
    ...(pending.parameters.length === 0
      ? []
      : [
          one(
            'assert.cmdline',
            missing.length === 0,
            missing.length === 0
              ? `The kernel command line has ${pending.parameters.join(' ')}.`
              : `The kernel command line lacks ${missing.join(' ')}: ${whyMissing(facts, missing)}.`,
          ),
        ]),
  ];
}

/** An upgrade before the reboot brings a newer kernel, which the loader takes unless one is pinned: that is no sign of a failure. */
function kernelAssertion(facts: SetupWorld['facts'], awaited: string): Assertion {
  const runs = ifKnown(facts.kernel)?.release;
  const isUpgrade = runs !== undefined && runs === defaultRelease(facts) && compareReleases(runs, awaited) > 0;
  if (isUpgrade)
    return one('assert.kernel', true, `Kernel ${awaited} was awaited; ${runs}, which is newer, boots by default now.`);
  return one('assert.kernel', runs === awaited, `Kernel ${awaited} should run; ${runs ?? 'nothing known'} does.`);
}

function whyMissing(facts: SetupWorld['facts'], missing: readonly string[]): string {
  const boot = ifKnown(facts.boot);
  const loader = boot === undefined ? undefined : activeLoader(boot);
  const next = effectiveParameters(facts)?.join(' ');
  if (loader === undefined || next === undefined) return 'the loader that started this node does not read what was changed';
  const name = loader.kind === 'grub' ? 'GRUB' : 'systemd-boot';
  return missing.every((word) => givesWord(next, word))
    ? `the configuration of ${name}, which started this node, has it for the next boot`
    : `the configuration of ${name}, which started this node, does not have it`;
}

/** One answer out of many: no before unknown before yes. */
export function viewOf(assertions: readonly Assertion[]): AssertionView {
  const has = (answer: Assertion['answer']) => assertions.some((item) => item.answer === answer);
  return { format: 1, answer: has('no') ? 'no' : has('unknown') ? 'unknown' : 'yes', assertions };
}

function filesAssertion(world: SetupWorld, bdf: string, wish: DesiredGpu): Assertion {
  const plan = planSetup(world, {
    mode: wish.mode,
    gpu: bdf as never,
    ...(wish.numVfs === undefined ? {} : { numVfs: wish.numVfs }),
  });
  const subject = bdf;
  if (!plan.ok) return { id: 'assert.files', subject, answer: 'unknown', text: plan.problem.message };
  const paths = plan.value.steps.flatMap((step) =>
    'path' in step.args && step.args.path.startsWith('/etc/') ? [step.args.path] : [],
  );
  if (plan.value.steps.length === 0)
    return { id: 'assert.files', subject, answer: 'yes', text: 'The configuration is as it was set up.' };
  const what = paths.length > 0 ? paths.join(', ') : plan.value.title;
  return { id: 'assert.files', subject, answer: 'no', text: `Not as it was set up: ${what} (pveigpu plan shows it).` };
}

function one(id: string, isSo: boolean, text: string): Assertion {
  return { id, subject: 'node', answer: isSo ? 'yes' : 'no', text };
}
