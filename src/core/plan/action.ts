// SPDX-License-Identifier: AGPL-3.0-or-later
import type { LoaderKind } from '../facts/boot-facts.ts';
import type { GuestKind, Pool } from '../facts/guest-facts.ts';
import type { ProblemCode } from '../problem.ts';
import type { DesiredGpu } from './desired.ts';
import type { FileEdit } from './file-edit.ts';
import type { GuestChange } from './guest-change.ts';
import type { PendingReboot } from './pending-reboot.ts';
import type { TrialEntry } from './trial-entry.ts';

/** A file as it was before we touched it: enough to put it back byte for byte. */
export type FileImage =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly base64: string; readonly mode: number; readonly uid: number; readonly gid: number };

/** What must be true after a sysfs write, since the kernel's own answer cannot be trusted (`drivers_probe` always says yes). */
export type SysfsCheck =
  | { readonly kind: 'exists'; readonly path: string }
  | { readonly kind: 'absent'; readonly path: string }
  /** The last part of a link's target, for example the name of the bound driver. */
  | { readonly kind: 'link-name'; readonly path: string; readonly name: string };

/**
 * Action name to its arguments. The union of steps, the executors and the inverses are all derived from this map, so an
 * action without executor or inverse does not compile.
 */
export interface ActionArgs {
  readonly writeFile: {
    readonly path: string;
    readonly base64: string;
    readonly mode: number;
    readonly before: FileImage;
    /** The file leaves our hands with this write: the ledger forgets it. */
    readonly release?: true;
  };
  readonly removeFile: { readonly path: string; readonly before: FileImage; readonly release?: true };
  /** Changes a file that is somebody else's; `edit` says what of it is ours, so that only that goes when they change it too. */
  readonly editFile: {
    readonly path: string;
    readonly base64: string;
    readonly mode: number;
    readonly before: FileImage;
    readonly edit: FileEdit;
    readonly release?: true;
  };
  /** A program that changes the machine in a way that no other action covers. Doing and undoing it twice must be harmless. */
  readonly run: {
    readonly argv: readonly [string, ...string[]];
    /** What takes it back, null when nothing has to. */
    readonly undo: readonly [string, ...string[]] | null;
    /** Tells that it is done already; without one it is done each time. */
    readonly done?: SysfsCheck;
    /** A file that it reads, which has to be the one that was looked at when this was planned. */
    readonly input?: { readonly path: string; readonly sha256: string };
    readonly timeoutMs: number;
  };
  /** Whether systemd starts a unit at boot; `before` is how it was. A unit that is enabled is not started now. */
  readonly enableUnit: { readonly unit: string; readonly enabled: boolean; readonly before: boolean };
  /** Makes the boot loader read its configuration and the kernels' files again. */
  readonly refreshBoot: { readonly tool: 'update-grub' | 'proxmox-boot-tool' };
  /** Builds the initramfs of one installed kernel again; afterwards it must hold the files `holds` (paths without the first slash). */
  readonly updateInitramfs: { readonly release: string; readonly holds: readonly string[] };
  readonly installPackage: {
    readonly packages: readonly PackageChoice[];
    /** The installed version of each by name before, null when it was not installed. */
    readonly before: { readonly [name: string]: string | null };
  };
  /** Removes packages that we installed; configuration files stay, as with apt-get remove. */
  readonly removePackage: {
    readonly packages: readonly PackageChoice[];
    readonly before: { readonly [name: string]: string | null };
  };
  /** The kernel that the loader starts by default, null for the loader's own choice. */
  readonly pinKernel: { readonly release: string | null; readonly before: string | null };
  /** The loader entry of a trial, started once; null takes it away. The default entry stays as it is. */
  readonly trialEntry: { readonly loader: LoaderKind; readonly entry: TrialEntry | null; readonly before: TrialEntry | null };
  /** Notes what must be true after the next reboot (or, with null, that nothing is awaited any more). */
  readonly noteReboot: { readonly pending: PendingReboot | null; readonly before: PendingReboot | null };
  readonly writeSysfs: {
    readonly path: string;
    readonly value: string;
    /** What to write to take it back; null when the write needs no undoing (a probe). */
    readonly undo: string | null;
    /** Polled after the write, at most `timeoutMs`. */
    readonly verify?: SysfsCheck;
    /** Polled after the undoing write. */
    readonly verifyUndo?: SysfsCheck;
    readonly timeoutMs: number;
    /**
     * Devices that nobody may have open when this is written: the executor looks for users first (under PVE's own
     * reservation lock when there is one) and refuses, because such a write hangs in the kernel.
     */
    readonly mustBeFree: readonly string[];
  };
  /** Loads a module that offers a PCI driver; `driver` is its name below `/sys/bus/pci/drivers`. Never unloaded again. */
  readonly loadModule: { readonly module: string; readonly driver: string };
  /** The digest is of the file that the plan was made from; empty in an inverse. */
  readonly setGuestConfig: GuestChange & {
    /** The effective value of each touched key before (a pending value counts), null when it was not set. */
    readonly before: { readonly [key: string]: string | null };
    /** Of keys that name a node of `/dev/dri`: the PCI address of its GPU, since numbers of nodes may change. */
    readonly nodes?: { readonly [key: string]: string };
    /** The touched keys leave our hands with this change (unassign): the ledger forgets them. */
    readonly release?: true;
  };
  /** Nothing of ours is left in a guest, or the guest is gone: the ledger forgets what it noted. On the machine nothing changes. */
  readonly forgetGuest: { readonly kind: GuestKind; readonly vmid: number };
  readonly createPool: { readonly pool: Pool };
  readonly updatePool: { readonly pool: Pool; readonly before: Pool; readonly digest: string };
  readonly removePool: { readonly before: Pool };
}

/** One package to install: from the repositories, or from a file whose SHA-256 must fit. */
export interface PackageChoice {
  readonly name: string;
  /** Absent means the version that apt would take. */
  readonly version?: string;
  /** Absolute path of a `.deb`. */
  readonly file?: string;
  readonly sha256?: string;
}

export type ActionName = keyof ActionArgs;

/** One step of a plan: a typed action and the reason for it. */
export type Step = {
  readonly [K in ActionName]: { readonly action: K; readonly args: ActionArgs[K]; readonly reason: string };
}[ActionName];

/** A step of one given action. */
export type StepOf<K extends ActionName> = Extract<Step, { readonly action: K }>;

/** How serious a remark on a plan is: good to know, something is lost, or the plan must not run (without `--force` where `overridable`). */
export interface Remark {
  readonly level: 'note' | 'warning' | 'blocker';
  /** Stable id, for example `guest.snapshot-with-ram`. */
  readonly id: string;
  readonly text: string;
  readonly hint?: string;
  readonly overridable?: boolean;
  /** Of a blocker: the kind of failure that it stands for, which decides the exit code. */
  readonly code?: ProblemCode;
}

/** Ordered steps from facts to a desired state. Same input, same plan. */
export interface Plan {
  /** One line for the history, for example `assign a VF from pool igpu-vf to VM 101`. */
  readonly title: string;
  readonly steps: readonly Step[];
  readonly remarks: readonly Remark[];
  /**
   * What is left to plan when this plan is done, since it rests on what the machine answers then (the IOMMU groups of new
   * VFs): the same planner is called again. Absent when this plan is the whole.
   */
  readonly then?: string;
  /** Of what is left: the steps that can be foreseen. They are shown, and planned afresh before anything is done. */
  readonly ahead?: readonly Step[];
  /** What is desired of one GPU once the plan is done, by GPU key; null forgets what was desired. */
  readonly desired?: { readonly gpu: string; readonly wish: DesiredGpu | null };
}
