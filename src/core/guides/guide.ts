// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import type { Mode } from '../gpu/verdict.ts';

/** A machine as the settings of a guide are looked at. */
export interface GuideCase {
  readonly facts: HostFacts;
  readonly device: PciDevice;
  /** The kernel that will run after the set-up. */
  readonly release: string;
  /** Whether a kernel can be had here: installed, offered by apt, or in a package file. */
  readonly canHave: (release: string) => boolean;
}

/** What becomes of one setting of a guide, and why; of what replaces it the text names where it stands. */
export interface GuideAnswer {
  readonly fate: 'kept' | 'replaced' | 'dropped';
  readonly because: string;
}

/** One setting as a guide has it. */
export interface GuideSetting {
  /** Stable within its guide, for example `iommu-pt`. */
  readonly id: string;
  /** Where the guide puts it: a file, a command, the firmware set-up. */
  readonly where: string;
  /** As it stands in the guide. */
  readonly text: string;
  readonly answer: (machine: GuideCase) => GuideAnswer;
}

/** A public guide for one machine and mode, setting by setting, in its own order. */
export interface Guide {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly mode: Mode;
  /** PCI ids of the GPUs that it is for. */
  readonly devices: readonly string[];
  readonly settings: readonly GuideSetting[];
}

/** It goes on as it is. */
export function kept(because: string): GuideAnswer {
  return { fate: 'kept', because };
}

/** Something else does what it was for. */
export function replaced(because: string): GuideAnswer {
  return { fate: 'replaced', because };
}

/** It is not needed, or does harm. */
export function dropped(because: string): GuideAnswer {
  return { fate: 'dropped', because };
}
