// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Evidence } from '../gpu/verdict.ts';
import type { DoctorCase } from './doctor-case.ts';
import type { Fix } from './fix.ts';

/** What part of a machine a finding is about; the first word of its id. */
export const AREAS = [
  'firmware',
  'secure-boot',
  'boot',
  'kernel',
  'driver',
  'vf',
  'mdev',
  'rom',
  'guest',
  'container',
  'cluster',
  'leftover',
] as const;

export type Area = (typeof AREAS)[number];

/** A stable id, for example `boot.param-in-inactive-loader`. Scripts and bug reports name it, so it never changes. */
export type FindingId = `${Area}.${string}`;

/**
 * How bad it is: `critical`, the node may not boot or data is at risk; `error`, something that is wanted does not work; `warning`, it will
 * not work after the next boot, start or upgrade, or by chance only; `advice`, all works and could be better; `note`, it looks wrong
 * and is not. Advice and notes are never a problem.
 */
export type Severity = 'critical' | 'error' | 'warning' | 'advice' | 'note';

/** One problem that was found. */
export interface Trouble {
  readonly state: 'problem';
  /** What it is about, where there can be several: an address, `VM 101`, a module. */
  readonly subject?: string;
  /** Why this is so, one sentence that names the thing. */
  readonly because: string;
  /** What it rests on: file and value. Never empty. */
  readonly evidence: readonly [Evidence, ...Evidence[]];
  readonly remedy: Remedy;
  /** Where this one problem tells its cause itself: what it follows from, instead of what the rule names. */
  readonly follows?: readonly FindingId[];
}

/** It could not be measured: what was missing, one sentence. */
export interface Unmeasured {
  readonly state: 'unmeasured';
  readonly subject?: string;
  readonly because: string;
  /** What would measure it. */
  readonly needs?: 'deep' | 'root';
}

/** Nothing is wrong, or it does not apply to this machine. */
export interface Fine {
  readonly state: 'ok';
}

export type Outcome = Trouble | Unmeasured | Fine;

/** What to do about a problem. */
export interface Remedy {
  /** One or two sentences. */
  readonly text: string;
  /** The command of ours that does it, and what `doctor --fix` runs; absent where only a person can do it. */
  readonly fix?: Fix;
}

/** One thing that doctor looks for. */
export interface FindingRule {
  readonly id: FindingId;
  readonly severity: Severity;
  /** What the problem is, a short line without a full stop. */
  readonly title: string;
  /** Where this is described in public: kernel source, PVE documentation, a thread. */
  readonly reference: string;
  /** Findings that bring this one about: where one of them is a problem, this one folds under it. */
  readonly follows?: readonly FindingId[];
  /** What cannot be measured here leaves the whole answer open (exit 7). */
  readonly matters?: true;
  /** Only what programs say shows it: it is looked for with `--deep` alone. */
  readonly deep?: true;
  /** Looks at the case alone. Never throws. Several outcomes where there are several subjects; none is the same as `ok`. */
  readonly examine: (ground: DoctorCase) => Outcome | readonly Outcome[];
}

/** Nothing is wrong. */
export const FINE: Fine = { state: 'ok' };
