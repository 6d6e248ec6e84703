// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { BootPhase } from '../boot/boot-services.ts';
import type { Uevent } from '../kernel/state.ts';
import type { Machine, ServiceRunner } from '../machine.ts';
import { Journal } from './journal.ts';
import { orderUnits, unitsBefore } from './order-units.ts';
import { applyUdevRules } from './udev.ts';
import { readUnit, type UnitFile, wantedUnits } from './unit-file.ts';

/** systemd's word for how a unit is doing. */
export type UnitState = 'active' | 'activating' | 'inactive' | 'failed';

/** Targets that are reached at boot, in this order. */
const TARGETS = ['sysinit.target', 'basic.target', 'multi-user.target'];

/** The unit that starts guests. */
const GUESTS = 'pve-guests.service';

/** How units are run. */
export interface UnitRunners {
  /** Runs what `ExecStart=` of a unit names. */
  readonly unit?: ServiceRunner | undefined;
  /** Runs what `systemd-run` is given; without one this systemd cannot start transient units. */
  readonly transient?: ServiceRunner | undefined;
}

/** The systemd of a simulated node: units of this boot, and what they said. */
export class Units {
  readonly journal = new Journal();
  readonly runners: UnitRunners;
  /** Units that a test makes fail from the next start on. */
  readonly broken = new Set<string>();
  /** Somebody has asked for a reboot, which is left to the test. */
  rebootAsked = false;
  readonly #states = new Map<string, UnitState>();
  /** Definitions as they were loaded; `daemon-reload` forgets them. */
  readonly #loaded = new Map<string, UnitFile>();
  readonly #jobs = new Map<string, Promise<void>>();
  #events = 0;
  #crash: unknown;

  constructor(runners: UnitRunners) {
    this.runners = runners;
  }

  state(name: string): UnitState {
    return this.#states.get(name) ?? 'inactive';
  }

  /** Whether any unit failed since boot, which makes the system `degraded`. */
  hasFailed(): boolean {
    return [...this.#states.values()].includes('failed');
  }

  daemonReload(): void {
    this.#loaded.clear();
  }

  /** The unit as systemd knows it: the file as it was when it was first looked at since the last reload. */
  unit(machine: Pick<Machine, 'tree'>, name: string): UnitFile | undefined {
    const known = this.#loaded.get(name) ?? readUnit(machine.tree, name);
    if (known !== undefined) this.#loaded.set(name, known);
    return known;
  }

  /** Everything of the last boot is gone; processes of units have ended. */
  async powerOff(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all(this.#jobs.values());
    this.#crash = undefined;
    this.rebootAsked = false;
    this.#states.clear();
    this.#loaded.clear();
    this.journal.clear();
  }

  /** Proxmox VE's daemons run; nothing else was started. The state of a node that was just made. */
  assumeBooted(tree: FileTree): void {
    for (const unit of this.#enabled(tree)) if (isDaemon(unit)) this.#states.set(unit.name, 'active');
  }

  /**
   * Starts what is enabled, one after the other in the order that the units ask for: first those that come before the
   * guests, then all others, since whatever has no order may be as late as that.
   */
  async startAtBoot(machine: Machine, phase: BootPhase): Promise<void> {
    const units = orderUnits(this.#enabled(machine.tree));
    const early = unitsBefore(units, GUESTS);
    for (const unit of units) {
      if (early.has(unit.name) !== (phase === 'before-guests')) continue;
      await (this.#jobs.get(unit.name) ?? this.#run(machine, unit));
    }
    this.#throwCrash();
  }

  #enabled(tree: FileTree): readonly UnitFile[] {
    const names = new Set(TARGETS.flatMap((target) => wantedUnits(tree, target)));
    return [...names].flatMap((name) => this.unit({ tree }, name) ?? []);
  }

  /** Starts a unit without waiting for it; one that is being started is not started twice. */
  start(machine: Machine, unit: UnitFile): void {
    if (this.state(unit.name) !== 'activating' && this.state(unit.name) !== 'active')
      this.#job(unit.name, async () => await this.#run(machine, unit));
  }

  /** Runs a transient unit without waiting for it; afterwards it is forgotten. */
  startTransient(name: string, run: () => Promise<number>): void {
    this.#states.set(name, 'active');
    this.#job(name, async () => {
      const code = await run();
      if (code === 0) this.#states.delete(name);
      else this.#states.set(name, 'failed');
    });
  }

  /** Lets udev act on an event while the others go on. */
  handleUevent(machine: Machine, event: Uevent): void {
    this.#events += 1;
    this.#job(`uevent ${this.#events}`, async () => await applyUdevRules(machine, event));
  }

  /** Waits until nothing is being started any more. What ended a unit from outside (a power cut) is thrown here. */
  async settled(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all(this.#jobs.values());
    this.#throwCrash();
  }

  #throwCrash(): void {
    const crash = this.#crash;
    this.#crash = undefined;
    if (crash !== undefined) throw crash;
  }

  #job(name: string, work: () => Promise<void>): void {
    const job = work()
      .catch((error: unknown) => {
        this.#crash = error;
      })
      .then(() => {
        this.#jobs.delete(name);
      });
    this.#jobs.set(name, job);
  }

  async #run(machine: Machine, unit: UnitFile): Promise<void> {
    const { tree } = machine;
    const met = unit.conditions.every((path) =>
      path.startsWith('!') ? tree.get(path.slice(1)) === undefined : tree.get(path) !== undefined,
    );
    if (unit.masked || !met) return;
    this.#states.set(unit.name, 'activating');
    this.journal.say(unit.name, `Starting ${unit.name}...`);
    let failed = this.broken.has(unit.name);
    for (const { argv, mayFail } of unit.execStart) {
      if (failed) break;
      const code = await this.#execute(machine, unit, argv);
      if (code === 0 || code === 'daemon') continue;
      this.journal.say(unit.name, `${unit.name}: Main process exited, code=exited, status=${code}`);
      failed = !mayFail;
    }
    const stays = unit.remainAfterExit || isDaemon(unit);
    this.#states.set(unit.name, failed ? 'failed' : stays ? 'active' : 'inactive');
    if (failed) this.journal.say(unit.name, `${unit.name}: Failed with result 'exit-code'.`, `Failed to start ${unit.name}.`);
    else this.journal.say(unit.name, `${stays ? 'Started' : 'Finished'} ${unit.name}.`);
  }

  async #execute(machine: Machine, unit: UnitFile, argv: readonly string[]): Promise<number | 'daemon'> {
    const say = (line: string) => this.journal.say(unit.name, line);
    if (isDaemon(unit)) return 'daemon';
    const code = await this.runners.unit?.({ machine, unit: unit.name, argv, say });
    if (code !== undefined) return code;
    say(`${unit.name}: Unable to locate executable '${argv[0]}': No such file or directory`);
    return 203;
  }
}

/** Units of Proxmox VE's own daemons, which are simulated elsewhere. */
function isDaemon({ path }: UnitFile): boolean {
  return path.startsWith('/usr/lib/systemd/system/');
}
