// SPDX-License-Identifier: AGPL-3.0-or-later
import { INITRAMFS_SWITCH, isInitramfsHeld } from '../core/driver/hold-initramfs.ts';
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { zfsRemarks } from '../core/kernels/zfs-guard.ts';
import type { PackageChoice, Remark, Step } from '../core/plan/action.ts';
import { installArgv } from '../core/plan/host-argv.ts';
import { type AptAnswer, readAptAnswer } from '../core/preflight/apt-answer.ts';
import { preflightRemarks } from '../core/preflight/preflight-remarks.ts';
import { hasDefaultRoute } from '../core/preflight/process-locks.ts';
import type { Host } from '../ports/host.ts';
import { dpkgLockHolder } from './dpkg-lock.ts';
import { readZfsPools } from './read-zfs-pools.ts';
import { readOptional } from './sense/attribute.ts';

/** apt reads its lists and works out the dependencies; seconds on a slow machine. */
const SIMULATE_MS = 3 * 60_000;

/**
 * What would stop a plan at its packages or at the kernel that it pins or tries, found before its first step: dpkg's lock, unfinished packages,
 * sources that give nothing, packages that nobody offers, no network, pools that the kernel cannot import, an initramfs that must not be built. Changes nothing.
 */
export async function preflight(
  { host }: { readonly host: Host },
  facts: HostFacts,
  steps: readonly Step[],
): Promise<readonly Remark[]> {
  const parts = [packageTrouble(host, facts, steps), poolTrouble(host, facts, steps), initramfsTrouble(host, steps)];
  return (await Promise.all(parts)).flat();
}

/** `update-initramfs -u` ends well without a change where its settings forbid it, so that options of ours would not hold early. */
async function initramfsTrouble(host: Host, steps: readonly Step[]): Promise<readonly Remark[]> {
  if (!steps.some(({ action }) => action === 'updateInitramfs')) return [];
  if (!isInitramfsHeld((await readOptional(host, INITRAMFS_SWITCH)) ?? '')) return [];
  const text = `${INITRAMFS_SWITCH} says update_initramfs=no, so no initramfs can be built again.`;
  const hint = 'Set update_initramfs=yes there.';
  return [{ level: 'blocker', id: 'preflight.initramfs-held', code: 'plan.failed', text, hint }];
}

async function packageTrouble(host: Host, facts: HostFacts, steps: readonly Step[]): Promise<readonly Remark[]> {
  const packages = steps.flatMap((step) => (step.action === 'installPackage' ? step.args.packages : []));
  if (packages.length === 0) return [];
  const mended = steps.flatMap((step) => (step.action === 'removePackage' ? step.args.packages.map(({ name }) => name) : []));
  const [holder, apt, ipv4, ipv6] = await Promise.all([
    dpkgLockHolder(host),
    askApt(host, packages),
    readOptional(host, '/proc/net/route'),
    readOptional(host, '/proc/net/ipv6_route'),
  ]);
  const hasRoute = hasDefaultRoute(ipv4, ipv6);
  return preflightRemarks({ packages, mended, facts: ifKnown(facts.packages), apt, holder, hasRoute });
}

async function askApt(host: Host, packages: readonly PackageChoice[]): Promise<AptAnswer | undefined> {
  if (!host.abilities.run) return undefined;
  const ran = await host.run(installArgv(packages, true), { timeoutMs: SIMULATE_MS });
  return ran.ok ? readAptAnswer(ran.value.exitCode, ran.value.stdout, ran.value.stderr) : undefined;
}

/** A kernel that is not the running one has to import what is imported now. */
async function poolTrouble(host: Host, facts: HostFacts, steps: readonly Step[]): Promise<readonly Remark[]> {
  const kernel = ifKnown(facts.kernel);
  const pins = steps.flatMap((step) => {
    if (step.action === 'pinKernel') return step.args.release === null ? [] : [step.args.release];
    return step.action === 'trialEntry' && step.args.entry !== null ? [step.args.entry.release] : [];
  });
  const others = pins.filter((release) => release !== kernel?.release);
  if (others.length === 0 || kernel === undefined) return [];
  const pools = await readZfsPools(host, kernel.cmdline);
  return others.flatMap((release) => zfsRemarks({ release, pools, running: kernel.release, cmdline: kernel.cmdline }));
}
