// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AcpiGround } from '../acpi/device-tables.ts';
import type { ContainerFile } from '../container/convert-lines.ts';
import type { Group } from '../container/group-file.ts';
import type { ShareWish } from '../container/share-wish.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { Reading } from '../facts/section.ts';
import type { MachineVerdict, Mode } from '../gpu/verdict.ts';
import type { MdevWish } from '../mdev/mdev-wish.ts';
import type { OptimusWish } from '../optimus/optimus-wish.ts';
import type { Bdf } from '../pci/address.ts';
import type { FileImage } from '../plan/action.ts';
import type { Ledger } from '../plan/ledger.ts';
import type { AddressBits } from '../whole-gpu/address-width.ts';
import type { WholeGpuWish } from '../whole-gpu/whole-gpu-wish.ts';
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
  /** What only a mediated device takes. */
  readonly mdev?: MdevWish;
  /** What only a whole GPU takes. */
  readonly whole?: WholeGpuWish;
  /** What only a card of NVIDIA takes. */
  readonly optimus?: OptimusWish;
  /** What only a container takes. */
  readonly share?: ShareWish;
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
  /** The mode that the user asked of this GPU, when asked. */
  readonly desiredMode?: (gpu: Bdf) => Mode | undefined;
  /** How many bits of address processor and IOMMU have. */
  readonly addressBits?: AddressBits;
  /** The sign that this guest gets the whole GPU by hand-over, as it is now. */
  readonly handoverSign?: FileImage;
  /** Whether the option ROM asked for is in /usr/share/kvm. */
  readonly romExists?: boolean;
  /** The guest's ACPI tables and the ROM that is asked for. */
  readonly acpi?: AcpiGround;
  /** For a container: the groups inside it, or why nobody could look. */
  readonly groups?: Reading<readonly Group[]>;
  /** For a container: its configuration file, whose digest is the one here. */
  readonly containerFile?: ContainerFile;
}
