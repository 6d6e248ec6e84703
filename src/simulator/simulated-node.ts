// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Result } from '../core/problem.ts';
import type { Clock } from '../ports/clock-log.ts';
import type { HeldLock, Host } from '../ports/host.ts';
import type { Disks } from './boot/disks.ts';
import type { Faults } from './host/faults.ts';
import { persistentFiles } from './host/persistent-files.ts';
import { SimulatedHost } from './host/simulated-host.ts';
import { type RebootAnswer, type RebootOptions, SimulatedMachine } from './host/simulated-machine.ts';
import type { Injections } from './kernel/state.ts';
import type { HookRunner, ServiceRunner } from './machine.ts';
import type { Profile } from './profile.ts';
import { holdLock } from './pve/guest-state.ts';

/** A whole Proxmox VE node in memory: the Host port outside, and what a test needs of its inside. */
export interface SimulatedNode extends Host {
  readonly machine: SimulatedMachine;
  /** Root, EFI system partitions and variables of the firmware, as they lie on the machine. */
  readonly disks: Disks;
  /** Time of the simulation: sleeping takes none of ours. */
  readonly clock: Clock;
  /** Starts again from what the active loader and its initramfs really have. */
  reboot(options?: RebootOptions): Promise<RebootAnswer>;
  /** Puts faults into the kernel; an empty value takes them out. */
  inject(faults: Injections): void;
  /** Waits until no unit is being started any more; `reboot()` ends when all that is enabled has been. */
  settled(): Promise<void>;
  /** Every file and link that survives a reboot, path to text (links as `-> target`, directories with a slash at their end), the EFI system partition below `esp:`. */
  persistentFiles(): { readonly [path: string]: string };
}

export interface SimulatedNodeOptions {
  /** Runs hook scripts; without one a guest with a hookscript starts as if the script did nothing. */
  readonly hookRunner?: HookRunner;
  /** Milliseconds since 1970 at the first boot; default 2026-01-05 08:00 UTC. */
  readonly startMs?: number;
  readonly faults?: Faults;
  /** Runs programs of units that are enabled or started; one that it does not know cannot be executed. */
  readonly unitRunner?: ServiceRunner;
  /** Runs what `systemd-run` is given; without one the node looks as if it had no systemd to ask. */
  readonly transientRunner?: ServiceRunner;
}

/** 2026-01-05 08:00:00 UTC. */
const START_MS = Date.UTC(2026, 0, 5, 8, 0, 0);

class Node extends SimulatedHost implements SimulatedNode {
  readonly machine: SimulatedMachine;
  readonly clock: Clock;

  constructor(machine: SimulatedMachine, faults: Faults) {
    super(machine, faults);
    this.machine = machine;
    this.clock = {
      nowMs: () => machine.nowMs(),
      sleep: async (ms) => {
        machine.advance(ms);
        // Others get their turn, as they would while a real program sleeps.
        await new Promise((resolve) => setImmediate(resolve));
      },
    };
  }

  get disks(): Disks {
    return this.machine.disks;
  }

  /** A lock file that the product holds is held for PVE's programs, too. */
  override async lock(path: string, options: { readonly timeoutMs: number }): Promise<Result<HeldLock>> {
    const held = await super.lock(path, options);
    if (!held.ok) return held;
    const letGo = holdLock(this.machine, path);
    const release = async () => {
      letGo();
      await held.value.release();
    };
    return { ok: true, value: { release } };
  }

  async reboot(options: RebootOptions = {}): Promise<RebootAnswer> {
    this.locks.clear();
    await this.machine.units.powerOff();
    this.machine.advance(60_000);
    return await this.machine.reboot(options);
  }

  async settled(): Promise<void> {
    await this.machine.units.settled();
  }

  inject(faults: Injections): void {
    this.machine.kernel.inject(faults);
  }

  persistentFiles(): { readonly [path: string]: string } {
    return persistentFiles(this.machine.disks);
  }
}

/** Makes a node from a profile and boots it. */
export function createSimulatedNode(profile: Profile, options: SimulatedNodeOptions = {}): SimulatedNode {
  const machine = new SimulatedMachine(profile, options.hookRunner, options.startMs ?? START_MS, options.faults, {
    unit: options.unitRunner,
    transient: options.transientRunner,
  });
  return new Node(machine, options.faults ?? {});
}
