// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import type { BackendChoice } from '../gpu/driver-backend.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { DriverOverride } from '../modules/override-line.ts';
import type { Others } from './others.ts';

/** One option of a kernel module that a mode rests on. */
export interface WantedOption {
  readonly module: string;
  readonly name: string;
  readonly value: string;
  /**
   * When a value that somebody else gives is as good: `equal` the same number or text, `at-least` a number that is not smaller, `word` one
   * element of a list (`force_probe`), `even` and `odd` by the lowest bit (`enable_guc`, whose bit 0 is GuC submission).
   */
  readonly fits: 'equal' | 'at-least' | 'word' | 'even' | 'odd';
  readonly because: string;
}

/** A module that must be loaded at boot. */
export interface WantedModule {
  readonly module: string;
  readonly because: string;
}

/** A systemd unit of ours that must run at boot. */
export interface WantedUnit {
  readonly name: string;
  readonly text: string;
  readonly because: string;
}

/** A rule of udev of ours. */
export interface WantedRule {
  readonly name: string;
  readonly text: string;
  readonly because: string;
}

/** What one GPU in one mode wants of the host's configuration. Pure data, so that the wants of several GPUs can be joined. */
export interface Wanted {
  readonly options: readonly WantedOption[];
  readonly load: readonly WantedModule[];
  readonly overrides: readonly (DriverOverride & { readonly modules: readonly string[]; readonly because: string })[];
  readonly units: readonly WantedUnit[];
  readonly rules: readonly WantedRule[];
  /** Words of the kernel command line, only where no module option does it. */
  readonly parameters: readonly { readonly word: string; readonly because: string }[];
}

/** Wants nothing. */
export const NOTHING_WANTED: Wanted = { options: [], load: [], overrides: [], units: [], rules: [], parameters: [] };

/** One GPU as the modes look at it. */
export interface SetupCase {
  readonly facts: HostFacts;
  /** What units of ours call. */
  readonly program: string;
  readonly device: PciDevice;
  readonly entry: CatalogueEntry;
  readonly mode: Mode;
  /** The kernel that will run after the set-up. */
  readonly release: string;
  /** For `sriov`: the driver that gives it. */
  readonly backend?: BackendChoice;
  readonly others: Others;
  /** Words that pveigpu has put on the kernel command line already. */
  readonly ourParameters: readonly string[];
  /** Options that pveigpu has given already, `module.name=value`. */
  readonly ourOptions: readonly string[];
}
