// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { modeOf } from '../../gpu/select-gpu.ts';
import { desiredOf } from '../../plan/desired.ts';
import type { Leftover } from '../../setup/leftovers/leftover.ts';
import { findLeftovers } from '../../setup/leftovers/table.ts';
import { modeDriver } from '../../setup/mode-driver.ts';
import { type Others, textOf } from '../../setup/others.ts';
import { isOwnPath } from '../../setup/own-path.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { GpuWish } from '../gpu-wish.ts';
import { leadingWishes } from '../leading-wishes.ts';

/** A setting of guides and other tools that is in effect, and the wish that it was judged by. */
export interface EffectiveLeftover extends GpuWish {
  readonly leftover: Leftover;
}

/**
 * The leftovers that are in effect now: unlike for a plan, a line that pveigpu switched off is off, and of words on the kernel command
 * line that replace each other only the last one is looked at.
 */
export function effectiveLeftovers(ground: DoctorCase): readonly EffectiveLeftover[] {
  const before = FOUND.get(ground);
  if (before !== undefined) return before;
  const found = findEffective(ground);
  FOUND.set(ground, found);
  return found;
}

/** Each kind of leftover is a finding that asks for all of them. */
const FOUND = new WeakMap<DoctorCase, readonly EffectiveLeftover[]>();

function findEffective(ground: DoctorCase): readonly EffectiveLeftover[] {
  const { facts, verdict, desired } = ground;
  const release = ifKnown(facts.kernel)?.release;
  if (release === undefined || facts.config.state !== 'known') return [];
  const others = inEffect(ground);
  const found = leadingWishes(ground).flatMap((wish) => {
    const gpu = verdict.gpus.find(({ bdf }) => bdf === wish.device.bdf);
    const asked = desired.state === 'known' ? desiredOf(desired.value, wish.device)?.driver : undefined;
    const backend = wish.mode !== 'sriov' || gpu === undefined ? undefined : (asked ?? modeOf(gpu, 'sriov').backend);
    const driver = modeDriver(wish.mode, wish.entry, backend);
    const { device, mode } = wish;
    return findLeftovers({ facts, others, device, mode, driver, release }).map((leftover) => ({
      ...wish,
      // What the host's own driver has is the host's, whatever some line says.
      leftover: mode === 'host' && isGraphics(device.driver) ? withoutBreaks(leftover) : leftover,
    }));
  });
  const key = ({ leftover: { id, path, line, text } }: EffectiveLeftover) => `${id} ${path} ${line ?? ''} ${text}`;
  return found.filter((one, at) => found.findIndex((other) => key(other) === key(one)) === at);
}

/** Lists of these add up; of all others the last word counts. */
const ADDED_UP = /^(modprobe\.blacklist|initcall_blacklist|pci)=/;

function inEffect({ facts }: DoctorCase): Others {
  const files = (ifKnown(facts.config)?.files ?? [])
    .filter(({ path }) => !isOwnPath(path))
    .map((file) => ({ path: file.path, text: textOf(file) }));
  const words = (ifKnown(facts.kernel)?.cmdline ?? '').split(/\s+/).filter((word) => word !== '');
  const nameOf = (word: string) => (word.split('=')[0] ?? '').replaceAll('-', '_');
  const last = words.filter(
    (word, at) => ADDED_UP.test(word) || !words.slice(at + 1).some((later) => nameOf(later) === nameOf(word)),
  );
  return { files, words: last, ourWords: [] };
}

function isGraphics(driver: string | null): boolean {
  return driver === 'i915' || driver === 'xe';
}

function withoutBreaks({ breaks: _breaks, ...rest }: Leftover): Leftover {
  return rest;
}
