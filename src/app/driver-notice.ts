// SPDX-License-Identifier: AGPL-3.0-or-later

import {
  type KernelNotices,
  type NewKernel,
  noticeLines,
  noticeMail,
  outcomeOf,
  type PinNote,
  parseKernelNotices,
} from '../core/driver/kernel-notice.ts';
import { kernelOutlook } from '../core/driver/kernel-outlook.ts';
import { ifKnown } from '../core/facts/section.ts';
import { defaultRelease, installedKernels, runningRelease } from '../core/kernels/boot-kernels.ts';
import { planKernel } from '../core/kernels/plan-kernel.ts';
import { closingSteps } from '../core/setup/plan-order.ts';
import type { SetupGround } from '../core/setup/setup-part.ts';
import type { Context } from './context.ts';
import { buildFindings } from './driver-check.ts';
import { driverGround } from './driver-ground.ts';
import { applyRuns } from './engine/apply-lock.ts';
import { applyPlan } from './engine/apply-plan.ts';
import { writeState } from './engine/state-files.ts';
import { STATE_DIR } from './engine/state-paths.ts';
import { readSettings } from './settings.ts';

const NOTICES_FILE = `${STATE_DIR}/kernel-notices.json`;
const MAIL_MS = 5000;

/**
 * After a dpkg run: says of each new kernel whether it keeps the GPUs' modes, mails root once for a kernel that does not,
 * and pins the running one where the administrator wants that; takes such a pin back when the driver fits again. The lines
 * that were said are the answer. Silent while an apply of ours runs, since that run brought the kernel.
 */
export async function noticeKernels(context: Context): Promise<readonly string[]> {
  if (await applyRuns(context)) return [];
  const ground = await driverGround(context);
  if (!ground.ok) return [ground.problem.message];
  const { facts, desired } = ground.value;
  const before = await readNotices(context);
  const kernels: NewKernel[] = [];
  for (const { release } of comingKernels(ground.value)) {
    const gpus = kernelOutlook(facts, desired, release);
    const build = gpus.some(({ keeps }) => keeps !== 'yes') ? await buildFindings(context.host, ground.value, release) : [];
    kernels.push({ release, gpus, build, boots: release === defaultRelease(facts) });
  }
  const pin = await settlePin(context, ground.value, kernels, before);
  const fresh = kernels.filter(({ release, gpus }) => gpus.length > 0 && before.seen[release] === undefined);
  const lines = noticeLines(fresh, pin.note);
  const bad = fresh.filter((kernel) => outcomeOf(kernel) !== 'keeps');
  // A kernel counts as said only when the mail was taken, so that a node without a mailer is asked again.
  const isTold = bad.length === 0 || (await mailed(context, ground.value, bad, pin.note));
  const told = isTold ? fresh : fresh.filter((kernel) => !bad.includes(kernel));
  const present = installedKernels(facts).map(({ release }) => release);
  const old = Object.fromEntries(Object.entries(before.seen).filter(([release]) => present.includes(release)));
  const seen = { ...old, ...Object.fromEntries(told.map((kernel) => [kernel.release, outcomeOf(kernel)])) };
  const notices: KernelNotices = { format: 1, seen, ...(pin.pinned === undefined ? {} : { pinned: pin.pinned }) };
  const written = await writeState(context.host, NOTICES_FILE, notices);
  return [...lines, ...pin.lines, ...(written.ok ? [] : [written.problem.message])];
}

/** Kernels that may run later and do not run now: those after the running one in the loader's order. */
function comingKernels({ facts }: SetupGround) {
  const all = installedKernels(facts);
  const running = all.findIndex(({ release }) => release === runningRelease(facts));
  return running < 0 ? all : all.slice(running + 1);
}

interface Pin {
  readonly note: PinNote;
  /** The kernel that stays pinned by us. */
  readonly pinned?: string;
  readonly lines: readonly string[];
}

async function settlePin(
  context: Context,
  ground: SetupGround,
  kernels: readonly NewKernel[],
  before: KernelNotices,
): Promise<Pin> {
  const running = runningRelease(ground.facts);
  const newest = kernels[kernels.length - 1];
  if (running === undefined) return { note: { kind: 'none' }, lines: [] };
  const isLost = newest !== undefined && outcomeOf(newest) === 'loses';
  const pinned = ifKnown(ground.facts.boot)?.pinned;
  if (!isLost) {
    const isOurs = before.pinned !== undefined && before.pinned === pinned && ground.ledger.pin !== undefined;
    if (!isOurs || newest === undefined) return { note: { kind: 'none' }, lines: [] };
    const back = await movePin(context, ground, running, false);
    if (!back) return { note: { kind: 'none' }, pinned, lines: [`${pinned} could not be unpinned: pveigpu kernel unpin`] };
    return { note: { kind: 'none' }, lines: [`The driver fits ${newest.release} now, so ${pinned} is no longer pinned.`] };
  }
  // Somebody pinned a kernel already: that one boots, whatever is installed.
  if (pinned !== undefined) return { note: { kind: 'none' }, lines: [], ...(before.pinned === pinned ? { pinned } : {}) };
  const settings = await readSettings(context);
  if (!settings.ok || settings.value.pinOnUpgrade !== true) return { note: { kind: 'offered', good: running }, lines: [] };
  // Nothing is won by pinning a kernel under which the mode does not work either.
  const works = kernelOutlook(ground.facts, ground.desired, running).every(({ keeps }) => keeps === 'yes');
  if (!works) return { note: { kind: 'none' }, lines: [] };
  const isDone = await movePin(context, ground, running, true);
  return isDone
    ? { note: { kind: 'pinned', good: running }, pinned: running, lines: [] }
    : { note: { kind: 'could-not', good: running }, lines: [] };
}

async function movePin(context: Context, ground: SetupGround, release: string, pin: boolean): Promise<boolean> {
  const { steps, rebuilds } = planKernel(ground, { release, pin });
  const closing = closingSteps({
    rebuilds: rebuilds.filter((rebuild) => rebuild === 'boot'),
    boot: ifKnown(ground.facts.boot),
    release,
    holds: [],
  });
  const title = pin ? `pin kernel ${release}, since a newer one loses a mode` : 'unpin the kernel, since the driver fits again';
  const only = steps.filter(({ action }) => action === 'pinKernel');
  const applied = await applyPlan(context, { title, steps: [...only, ...closing.loader], remarks: [] });
  return applied.ok;
}

async function mailed(context: Context, { facts }: SetupGround, bad: readonly NewKernel[], note: PinNote): Promise<boolean> {
  const name = ifKnown(facts.pve)?.nodeName ?? 'this node';
  const lines = noticeLines(bad, note);
  const stdin = noticeMail(
    name,
    bad.map(({ release }) => release),
    lines,
  );
  const sent = await context.host.run(['sendmail', '-i', '-t'], { stdin, timeoutMs: MAIL_MS });
  return sent.ok && sent.value.exitCode === 0;
}

/** A file that cannot be understood is as none: the worst is that something is said twice. */
async function readNotices({ host }: Context): Promise<KernelNotices> {
  const read = await host.read(NOTICES_FILE);
  const parsed = read.kind === 'content' ? parseKernelNotices(read.value, NOTICES_FILE) : undefined;
  return parsed?.ok === true ? parsed.value : { format: 1, seen: {} };
}
