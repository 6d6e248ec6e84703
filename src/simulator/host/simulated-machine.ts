// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { RunOptions } from '../../ports/host.ts';
import { attachDisks } from '../boot/attach-disks.ts';
import { startBootServices, type UnitRunner } from '../boot/boot-services.ts';
import { type Disks, espFreeBytes, espOf, newDisks, unmountAll } from '../boot/disks.ts';
import { installLoader } from '../boot/install-loader.ts';
import { installSystem } from '../boot/install-system.ts';
import { bootEntry } from '../boot/loader.ts';
import { startKernel } from '../boot/start-kernel.ts';
import type { SimulatedKernel } from '../kernel/kernel.ts';
import type { Outcome } from '../kernel/state.ts';
import type { HookRunner, Machine, Program, ProgramAnswer } from '../machine.ts';
import { installPackages } from '../packages/install-packages.ts';
import { PackageWorld } from '../packages/package-world.ts';
import { packagePrograms } from '../packages/programs.ts';
import type { Profile } from '../profile.ts';
import { bootPrograms } from '../programs/boot-programs.ts';
import { mokutil } from '../programs/mokutil.ts';
import { basePrograms, UnknownCall } from '../programs/table.ts';
import { toolPrograms } from '../programs/tools.ts';
import { usagePrograms } from '../programs/usage-programs.ts';
import { poolFeatures } from '../programs/zpool.ts';
import { refreshMembers } from '../pve/install.ts';
import { installPve, PVE_PROGRAMS } from '../pve/programs.ts';
import { unitPrograms } from '../units/programs.ts';
import { installUnits } from '../units/pve-units.ts';
import { type UnitRunners, Units } from '../units/units.ts';
import type { Faults } from './faults.ts';
import { MokList } from './mok-list.ts';
import type { NodeInside } from './node-inside.ts';
import { ProgramFiles } from './program-files.ts';

/** How a reboot ended. */
export type RebootAnswer = { readonly booted: true } | { readonly booted: false; readonly reason: string };

/** What a test wants of a reboot. */
export interface RebootOptions {
  /** Guests with `onboot` start, as pve-guests.service starts them; default false, since most stories are about the node alone. */
  readonly startGuests?: boolean;
}

/** The machine behind a simulated node: disks, a kernel that runs or does not, programs and a clock of its own. */
export class SimulatedMachine implements Machine, NodeInside {
  readonly profile: Profile;
  readonly nodeName = 'pve';
  readonly hookRunner: HookRunner | undefined;
  readonly disks: Disks;
  readonly packages: PackageWorld;
  readonly units: Units;
  readonly keys = new MokList();
  /** How the features of the root pool stand, where there is one. */
  readonly poolFeatures = poolFeatures();
  /** Mails that were sent, oldest first. */
  readonly mails: string[] = [];
  readonly #faults: Faults;
  /** Runs enabled units at each boot but the first one. */
  runUnits: UnitRunner | undefined;
  #installed = false;
  #quorate = true;
  #kernel: SimulatedKernel | undefined;
  #nowMs: number;
  readonly #programs: { readonly [name: string]: Program };

  constructor(
    profile: Profile,
    hookRunner: HookRunner | undefined,
    startMs: number,
    faults: Faults = {},
    runners: UnitRunners = {},
  ) {
    this.profile = profile;
    this.disks = newDisks(profile.esps ?? DEFAULT_ESPS);
    this.#faults = faults;
    this.hookRunner = hookRunner;
    this.#nowMs = startMs;
    this.units = new Units(runners);
    this.runUnits = async (machine, phase) => await this.units.startAtBoot(machine, phase);
    this.packages = new PackageWorld([...(profile.otherKernels ?? []), profile.kernelRelease]);
    this.#programs = {
      ...basePrograms(() => this.kernel),
      ...bootPrograms(this.disks),
      ...packagePrograms(this.packages, this.disks),
      ...unitPrograms(this.units),
      ...toolPrograms(this.mails, this.poolFeatures),
      ...usagePrograms((ms) => this.advance(ms)),
      mokutil: mokutil(this.keys),
      ...PVE_PROGRAMS,
    };
    installSystem(this.disks.root, profile, this.nodeName);
    installPackages(this.tree, profile, this.packages);
    installUnits(this.tree);
    this.units.assumeBooted(this.tree);
    installLoader(this, this.disks);
    this.boot();
    installPve(this);
    this.#installed = true;
  }

  get quorate(): boolean {
    return this.#quorate;
  }

  set quorate(value: boolean) {
    this.#quorate = value;
    refreshMembers(this);
  }

  get tree(): FileTree {
    return this.disks.root;
  }

  get kernel(): SimulatedKernel {
    if (this.#kernel === undefined) throw new Error('the simulated node is not running: its last boot failed');
    return this.#kernel;
  }

  /** Starts what the active loader has now. Processes, `/run` and everything in memory are new. */
  boot(): RebootAnswer {
    this.#kernel = undefined;
    unmountAll(this.disks);
    if (this.#installed) this.keys.boot();
    for (const directory of ['/proc', '/sys', '/dev', '/run']) this.tree.remove(directory);
    const entry = bootEntry(this.disks, this.profile);
    if ('reason' in entry) return { booted: false, reason: entry.reason };
    const panic = this.#installed ? this.#faults.panics?.(entry) : undefined;
    if (panic !== undefined) return { booted: false, reason: `Kernel panic - not syncing: ${panic}` };
    this.#kernel = startKernel(this.tree, this.profile, entry, () => this.#nowMs, this.nodeName, this.keys.enrolled);
    attachDisks(this.disks, this.profile);
    this.tree.setDirectory('/run/qemu-server', 0o750);
    // What sd_booted(3) looks for; a node that cannot run transient units shows itself as one without systemd.
    if (this.units.runners.transient !== undefined) this.tree.setDirectory('/run/systemd/system');
    this.#tellUdev();
    return { booted: true };
  }

  programFiles(program: string): ProgramFiles {
    return new ProgramFiles(this.disks, program, (point) => {
      if (this.#installed) this.#faults.insideProgram?.(point);
    });
  }

  /** Boots, and lets systemd start what it starts then. */
  async reboot(options: RebootOptions = {}): Promise<RebootAnswer> {
    const answer = this.boot();
    if (answer.booted) await startBootServices(this, this.disks, this.runUnits, options.startGuests === true);
    return answer;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Lets simulated time pass. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  write(path: string, value: string): Outcome {
    const answer = this.kernel.write(path, value);
    this.#tellUdev();
    return answer;
  }

  /** Gives the kernel's events to udev, which acts on them while everything else goes on. */
  #tellUdev(): void {
    for (const event of this.#kernel?.state.uevents.splice(0) ?? []) if (this.#installed) this.units.handleUevent(this, event);
  }

  freeBytes(path: string): number | undefined {
    const esp = espOf(this.disks, path);
    return esp === undefined ? undefined : espFreeBytes(esp);
  }

  readHangs(path: string): boolean {
    return this.#kernel?.readHangs(path) === true;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<ProgramAnswer> {
    const { environment, words } = splitEnvironment(argv);
    const name = (words[0] ?? '').replace(/^(\/usr)?\/s?bin\//, '');
    const program = Object.hasOwn(this.#programs, name) ? this.#programs[name] : undefined;
    if (program === undefined) throw new UnknownCall(argv);
    const answer = await program(this, words, options, environment);
    this.#tellUdev();
    if (answer.stdout !== '') options.onOutput?.('stdout', answer.stdout);
    if (answer.stderr !== '') options.onOutput?.('stderr', answer.stderr);
    return answer;
  }
}

/** The UUID of the partition on a machine with one disk. */
const DEFAULT_ESPS = ['5A1E-0D3C'];

/** Takes `env NAME=VALUE ...` off an argument list. */
function splitEnvironment(argv: readonly string[]): {
  readonly environment: { readonly [name: string]: string };
  readonly words: readonly string[];
} {
  if (argv[0] !== 'env') return { environment: {}, words: argv };
  const end = argv.findIndex((word, at) => at > 0 && !/^\w+=/.test(word));
  const assignments = argv
    .slice(1, end < 0 ? undefined : end)
    .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  return { environment: Object.fromEntries(assignments), words: end < 0 ? [] : argv.slice(end) };
}
