// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../assign/guest-keys.ts';
import type { InsideCase, InsideSystem } from './inside-case.ts';
import { insideNeeds } from './inside-needs.ts';
import type { InsideSlice } from './inside-slice.ts';
import { commandLine } from './inside-step.ts';

/** One step as `guest` shows it. */
export interface NeedsStep {
  readonly id: string;
  readonly text: string;
  /** `pveigpu` when `--apply` does it, `you` when it is left to the person. */
  readonly by: 'pveigpu' | 'you';
  readonly done: boolean;
  /** As a shell in the guest would take them. */
  readonly commands: readonly string[];
  readonly source: string | null;
}

/** The value of `guest VMID --json`. */
export interface NeedsView {
  readonly format: 1;
  readonly vmid: number;
  readonly guest: string;
  readonly system: InsideSystem;
  /** As the guest calls its system; null when it is not known. */
  readonly os: string | null;
  readonly kernel: string | null;
  readonly slice: InsideSlice;
  readonly steps: readonly NeedsStep[];
  /** Why the guest could not be looked into; null when it could. */
  readonly unseen: string | null;
}

/** What a guest needs inside, for people and programs. */
export function needsView(inside: InsideCase, unseen: string | undefined): NeedsView {
  const { guest, system, linux, slice } = inside;
  return {
    format: 1,
    vmid: guest.vmid,
    guest: guestName(guest),
    system,
    os: linux.title ?? linux.known?.distribution.title ?? null,
    kernel: linux.kernel ?? null,
    slice,
    steps: insideNeeds(inside).map(({ id, text, by, done, commands, source }) => ({
      id,
      text,
      by,
      done: done === true,
      commands: commands.map(commandLine),
      source: source ?? null,
    })),
    unseen: unseen ?? null,
  };
}
