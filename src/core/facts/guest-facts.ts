// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Reading } from './section.ts';

export type GuestKind = 'qemu' | 'lxc';

/** One section of a guest's configuration, allow-listed keys only (see `src/core/guest/kept-keys.ts`), in file order. */
export interface GuestSection {
  /** `current`, `pending`, or the name of a snapshot. */
  readonly name: string;
  /** Absent for `current` and `pending`; needed because a snapshot may be called `current`. */
  readonly snapshot?: true;
  readonly keys: { readonly [key: string]: string };
  /** Raw `lxc.*` lines of a container that touch device nodes, in file order. */
  readonly lxc?: readonly { readonly key: string; readonly value: string }[];
  /** Keys that a `[PENDING]` section deletes. */
  readonly deletes?: readonly string[];
}

/** One VM or container of this node, or of another node of the cluster. */
export interface Guest {
  readonly vmid: number;
  readonly kind: GuestKind;
  readonly node: string;
  /** Known for guests of this node only; `absent` for those of other nodes. */
  readonly running: Reading<boolean>;
  readonly sections: readonly GuestSection[];
  /**
   * Lines that PVE's parser rejects, as `line N: reason`, with the key only where PVE knows it. A write by PVE drops them. The digest
   * is not here: it hashes the whole file, of which facts keep a part. Who writes reads the file again (`readGuestConfig`).
   */
  readonly rejectedLines: readonly string[];
}

/** The `guests` section: every guest of this node (`own`) and, for collisions of names only, of the cluster. */
export interface GuestFacts {
  readonly guests: readonly Guest[];
  /** Guests whose file could not be read, with the reason; VMID 0 stands for a whole folder that could not be listed. */
  readonly unreadable: readonly { readonly vmid: number; readonly kind: GuestKind; readonly reason: string }[];
}

/** One `map` entry of a PCI resource mapping. */
export interface PoolEntry {
  readonly node: string;
  /** `vvvv:dddd`. */
  readonly id: string;
  /** One address, or several joined by `;` for one multifunction device. */
  readonly path: string;
  readonly subsystemId?: string;
  readonly iommuGroup?: number;
  readonly description?: string;
}

/** One PCI resource mapping. */
export interface Pool {
  readonly id: string;
  readonly description?: string;
  readonly mdev: boolean;
  readonly liveMigrationCapable: boolean;
  readonly entries: readonly PoolEntry[];
}

/**
 * The `pools` section: `/etc/pve/mapping/pci.cfg`. An absent file means no pool. Descriptions are left out and there is no digest, so
 * that a capture gives the same facts; who writes reads the file again (`readPoolConfig`).
 */
export interface PoolFacts {
  readonly pools: readonly Pool[];
}

/** The `reservations` section: PVE's own file of who holds which PCI device. */
export interface ReservationFacts {
  readonly reservations: readonly {
    readonly pciId: string;
    readonly vmid: number;
    readonly pid?: number;
    readonly timeSec?: number;
    /** Pid alive and really that guest, or time in the future; a stale one is ignored by PVE and by us. */
    readonly live: boolean;
  }[];
}

/** The `hookscripts` section: the snippet storages and the hook scripts that guests name. */
export interface HookscriptFacts {
  /** Directory storages that can hold snippets: id and the folder of its snippets. */
  readonly snippetStorages: readonly { readonly storage: string; readonly path: string; readonly allowsSnippets: boolean }[];
  readonly scripts: readonly {
    readonly volid: string;
    readonly path?: string;
    readonly exists: boolean;
    readonly executable: boolean;
    /** The guests of this node that name it. */
    readonly vmids: readonly number[];
    /** Guests of other nodes of the cluster that name it: PVE looks for it here when they move. */
    readonly elsewhere?: readonly number[];
  }[];
}
