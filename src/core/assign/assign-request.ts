// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { MachineVerdict, Mode } from '../gpu/verdict.ts';
import type { Bdf } from '../pci/address.ts';
import type { Ledger } from '../plan/ledger.ts';
import type { HookFile } from './hook-script.ts';

/** What is asked: a slice for one guest. */
export interface AssignRequest {
  readonly vmid: number;
  /** Default `auto`. */
  readonly mode?: 'auto' | Mode;
  readonly gpu?: Bdf;
  /** Default `igpu-vf`. */
  readonly pool?: string;
  /** Pins one VF: 1 is `virtfn0`. */
  readonly vf?: number;
  /** A file name below /usr/share/kvm. */
  readonly romfile?: string;
  /** Sets `x-vga`. */
  readonly primary?: boolean;
  /** Sets our hookscript for a slice from the pool too. */
  readonly hook?: boolean;
}

/** Everything that the planners of guests rest on. */
export interface GuestGround {
  readonly facts: HostFacts;
  readonly verdict: MachineVerdict;
  readonly ledger: Ledger;
  /** PVE's digest of the guest's file, taken with the facts; empty when the guest was not found. */
  readonly digest: string;
  /** Our hookscript's file, absent when no place is known for it. */
  readonly hook?: HookFile;
  /** How many VFs the user asked for on this GPU, when asked. */
  readonly desiredVfs?: (gpu: Bdf) => number | undefined;
  /** Whether the option ROM asked for is in /usr/share/kvm. */
  readonly romExists?: boolean;
}
