// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../../facts/host-facts.ts';
import type { PciDevice } from '../../facts/pci-facts.ts';
import type { Mode } from '../../gpu/verdict.ts';
import type { Others } from '../others.ts';

/** A setting that a guide, another tool or a person left, and what it means for the mode that is wanted. */
export interface Leftover {
  /** Stable id, for example `leftover.vfio-ids`. */
  readonly id: string;
  /** The file, or `/proc/cmdline`. */
  readonly path: string;
  /** The first line, from 1; absent on the command line. */
  readonly line?: number;
  /** The line as it stands in the file; all lines of it where it goes on over several that must be switched off together. */
  readonly text: string;
  /** What it does, a sentence. */
  readonly says: string;
  /** Why the wanted mode cannot work with it, a sentence; absent when it is harmless. */
  readonly breaks?: string;
  /** How to take away what is no line of a file, a sentence. */
  readonly remedy?: string;
  /** It does already what the wanted mode would otherwise have set up. */
  readonly serves?: true;
  /** On the command line: the word that takes its effect away when it stands behind it, since the last one counts. */
  readonly counter?: string;
  /** What of the line must go on to hold when it is switched off: a line for our own file of modprobe.d. */
  readonly keeps?: string;
}

/** What a detector looks at: one GPU, the mode wanted of it, and what others say. */
export interface LeftoverGround {
  readonly facts: HostFacts;
  readonly others: Others;
  readonly device: PciDevice;
  readonly mode: Mode;
  /** The module that must drive the GPU in this mode, null when none must (gvt-d). */
  readonly driver: string | null;
  /** The kernel that will run after the set-up. */
  readonly release: string;
}

/** Finds the settings of one kind. */
export type Detector = (ground: LeftoverGround) => readonly Leftover[];

/** The lines of a leftover as they are shown in a sentence. */
export function shownText({ text }: Pick<Leftover, 'text'>): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .join(' ');
}
