// SPDX-License-Identifier: AGPL-3.0-or-later

import { CONFIRM_UNIT_NAME } from '../boot/confirm-unit.ts';
import { givesExactly, givesWord } from '../boot/gives-word.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark, Step } from '../plan/action.ts';
import type { PendingReboot } from '../plan/pending-reboot.ts';
import { textOf } from './others.ts';
import { OWN_MODPROBE } from './own-path.ts';
import { rebootReasons, settingsOf } from './reboot-need.ts';
import type { Rebuild } from './setup-part.ts';
import type { SetupWorld } from './setup-wish.ts';
import type { Wanted } from './wanted.ts';

/** Whether a reboot stands between the plan and its effect. */
export interface RebootPart {
  readonly steps: readonly Step[];
  readonly remarks: readonly Remark[];
  readonly waits: boolean;
  /** Kernels whose initramfs is built again with this plan: no boot is awaited after which `confirm` would do it. */
  readonly rebuildNow: readonly string[];
}

/** What decides about it. */
export interface RebootCase {
  readonly release: string;
  readonly wanted: Wanted;
  /** Words of ours that the kernel command line shall have. */
  readonly words: readonly string[];
  /** Those that stand against what others have there, and must be the last of their name. */
  readonly counters: readonly string[];
  /** Something that survives a reboot is changed by this plan. */
  readonly changes: boolean;
  /** A driver is installed or removed. */
  readonly driver: boolean;
  readonly rebuilds: readonly Rebuild[];
  /** Our module options go with this plan, so that every initramfs becomes as it was before us. */
  readonly givesBack: boolean;
}

/** Notes what the next boot must show, where the running kernel is not what is set up; forgets it where it is. */
export function rebootPart(world: SetupWorld, one: RebootCase): RebootPart {
  const { facts, pending, bootId } = world;
  const isOpen = pending !== null && (pending.bootId === null || bootId === null || pending.bootId === bootId);
  if (!one.changes) return { steps: [], remarks: isOpen ? [stillWaits(pending)] : [], waits: isOpen, rebuildNow: [] };
  const { wanted } = one;
  const booted = bootedWith(world, isOpen);
  const reasons = whyReboot(world, one, booted);
  const built = one.rebuilds.includes('initramfs')
    ? (ifKnown(facts.boot)?.kernels ?? []).filter(({ hasInitramfs }) => hasInitramfs).map(({ release }) => release)
    : [];
  const others = built.filter((release) => release !== one.release);
  // A plan before this one left them for a confirmation that nobody asks for any more.
  const left = [...new Set([...others, ...(isOpen ? pending.rebuildLater : [])])]
    .filter((release) => release !== one.release)
    .sort();
  if (reasons.length === 0) {
    const rebuildNow = one.givesBack ? left : [];
    if (pending === null || !(isOpen || one.givesBack)) return { steps: [], remarks: [], waits: false, rebuildNow };
    const forget: Step = {
      action: 'noteReboot',
      args: { pending: null, before: pending },
      reason: 'what runs is what is set up, so no reboot is awaited',
    };
    return { steps: [forget], remarks: [], waits: false, rebuildNow };
  }
  const confirms = wanted.units.some(({ name }) => name === CONFIRM_UNIT_NAME);
  // What the other kernels had before us is known to be good, and the unit that would see to them later goes too.
  const endsWithBoot = one.givesBack && !confirms;
  const later = endsWithBoot ? [] : [...(pending?.rebuildLater ?? []), ...built];
  const awaited: PendingReboot = {
    format: 1,
    bootId: null,
    kernel: one.release,
    parameters: one.words,
    rebuildLater: [...new Set(later)].filter((release) => release !== one.release).sort(),
    ...(endsWithBoot ? { endsWithBoot } : {}),
    ...(booted === '' ? {} : { booted }),
  };
  const note: Step = {
    action: 'noteReboot',
    args: { pending: awaited, before: pending },
    reason: 'what the next boot must show',
  };
  const text = `One reboot of this node is needed: ${reasons.join('; ')}.`;
  const after = endsWithBoot
    ? 'There is nothing to confirm after it.'
    : confirms
      ? 'A healthy boot confirms it by itself; pveigpu confirm does it by hand.'
      : 'After it: pveigpu confirm.';
  const remark: Remark = { level: 'note', id: 'setup.reboot', text, hint: `Guests go on until then. ${after}` };
  return { steps: [note], remarks: [remark], waits: true, rebuildNow: endsWithBoot ? left : [] };
}

/** What our file said at boot. A plan that was done since may have taken out of it what the running kernel still has. */
function bootedWith({ facts, pending }: SetupWorld, isOpen: boolean): string {
  const file = ifKnown(facts.config)?.files.find(({ path }) => path === OWN_MODPROBE);
  return (isOpen ? pending?.booted : undefined) ?? (file === undefined ? '' : textOf(file));
}

function whyReboot(
  { facts }: SetupWorld,
  { release, wanted, words, counters, driver }: RebootCase,
  booted: string,
): readonly string[] {
  const running = ifKnown(facts.kernel);
  const cmdline = running?.cmdline ?? '';
  const gives = (word: string) => (counters.includes(word) ? givesExactly(cmdline, word) : givesWord(cmdline, word));
  const missing = words.filter((word) => !gives(word));
  return [
    ...(running !== undefined && running.release !== release ? [`kernel ${release} starts then`] : []),
    ...(driver ? ['the driver changes'] : []),
    ...(missing.length > 0 ? [`the kernel reads ${missing.join(' ')} when it starts`] : []),
    ...rebootReasons(facts, settingsOf(booted), wanted),
  ];
}

function stillWaits({ endsWithBoot }: PendingReboot): Remark {
  return {
    level: 'note',
    id: 'setup.waits',
    text: 'All is set up and waits for a reboot of this node.',
    hint: endsWithBoot === true ? 'There is nothing to confirm after it.' : 'After it: pveigpu confirm.',
  };
}
