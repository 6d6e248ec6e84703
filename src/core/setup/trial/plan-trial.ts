// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import type { Plan, Remark, Step } from '../../plan/action.ts';
import type { PendingReboot } from '../../plan/pending-reboot.ts';
import { ok, problem, type Result } from '../../problem.ts';
import { mergeWanted } from '../merge-wanted.ts';
import { missingOf } from '../missing.ts';
import { wantedOf } from '../mode-table.ts';
import { othersOf } from '../others.ts';
import { driverPart } from '../parts.ts';
import { settingsOf } from '../reboot-need.ts';
import { setupCase, wishedGpus } from '../setup-case.ts';
import { setupTarget } from '../setup-target.ts';
import type { SetupWish, SetupWorld } from '../setup-wish.ts';
import type { SetupCase } from '../wanted.ts';
import { trialLeftovers } from './trial-leftovers.ts';
import { trialLoader } from './trial-loader.ts';
import { trialWords } from './trial-words.ts';

/**
 * Plans a trial of a mode: a loader entry of its own with what the mode wants as kernel parameters, started once. No file, no
 * initramfs and not the default entry are touched, so whatever happens the boot after it is as today. `mounts` is `/proc/self/mounts`.
 * Fails with `host.unsupported` where the loader cannot forget an entry, and with `plan.failed` where something has to be installed first.
 */
export function planTrial(world: SetupWorld, wish: SetupWish, mounts: string): Result<Plan> {
  const { facts, pending } = world;
  const [boot, pci] = [ifKnown(facts.boot), ifKnown(facts.pci)];
  if (boot === undefined || pci === undefined || facts.config.state !== 'known')
    return problem('facts.unknown', 'The configuration of this node could not be read.', { hint: 'Run pveigpu as root.' });
  if (pending !== null)
    return problem('plan.drift', 'A reboot is awaited already, so there is nothing to try.', {
      hint: 'Reboot, then pveigpu confirm; or pveigpu rollback.',
    });
  const target = setupTarget(world, wish);
  if (!target.ok) return target;
  const { gpu, mode, wish: asked, release } = target.value;
  if (mode === 'host') return problem('usage', 'There is nothing to try in giving a GPU back.', { hint: 'pveigpu apply host' });
  const loader = trialLoader(boot, mounts);
  if (!loader.ok) return loader;
  if (!boot.kernels.some((kernel) => kernel.release === release && kernel.hasInitramfs))
    return problem('plan.failed', `The kernel ${release} is not installed, and a trial installs nothing.`, {
      hint: `Install it and pin the one that runs: apt install proxmox-kernel-${release}-signed; pveigpu kernel pin.`,
    });
  const others = othersOf(facts, world.ledger);
  const cases: SetupCase[] = [];
  for (const one of wishedGpus(world, { bdf: gpu.bdf, wish: asked })) {
    const made = setupCase(world, one, { release, others, before: settingsOf('') });
    if (!made.ok) return made;
    cases.push(made.value);
  }
  const driver = driverPart(world, cases, release, world.driver);
  if (driver.steps.length > 0 || driver.remarks.some(({ level }) => level === 'blocker'))
    return problem('plan.failed', 'The driver has to be installed first, and a trial installs nothing.', {
      hint: 'pveigpu driver install; the node then starts as before, with the driver unused.',
    });
  const merged = mergeWanted(cases.map(wantedOf));
  const words = trialWords(
    missingOf(merged.wanted, others, true).wanted,
    pci.displays.filter((one) => one.physfn === undefined),
  );
  if (!words.ok) return words;
  const left = trialLeftovers(world, cases, others, { release, force: wish.force === true, words: words.value });
  const parameters = [...words.value, ...left.counters];
  const running = ifKnown(facts.kernel);
  const now = (running?.cmdline ?? '').split(/\s+/);
  if (running?.release === release && parameters.every((word) => now.includes(word)))
    return problem('plan.failed', `There is nothing to try: ${mode} needs no other kernel parameter here.`, {
      hint: `pveigpu apply ${mode}`,
    });
  const awaited: PendingReboot = {
    format: 1,
    bootId: null,
    kernel: release,
    parameters,
    rebuildLater: [],
    trial: { gpu: gpu.bdf, wish: asked },
  };
  const steps: readonly Step[] = [
    {
      action: 'trialEntry',
      args: { loader: loader.value, entry: { release, words: parameters }, before: null },
      reason: 'it is started once, at the next reboot; the default entry stays as it is',
    },
    { action: 'noteReboot', args: { pending: awaited, before: null }, reason: 'what that boot must show' },
  ];
  const remark: Remark = {
    level: 'note',
    id: 'setup.trial',
    text: 'Reboot this node to try it. If it does not come up, switch it off and on: it then starts as today.',
    hint: `When it came up: pveigpu confirm makes it last${mode === 'sriov' ? ', and makes the VFs' : ''}; another reboot goes back.`,
  };
  return ok({ title: `try ${mode} on ${gpu.bdf} for one boot`, steps, remarks: [...left.remarks, remark] });
}
