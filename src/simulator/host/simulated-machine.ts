// SPDX-License-Identifier: AGPL-3.0-or-later
import { FileTree } from '../../core/files/file-tree.ts';
import type { RunOptions } from '../../ports/host.ts';
import { installSystem } from '../boot/install-system.ts';
import { bootEntry, type Disks } from '../boot/loader.ts';
import { startKernel } from '../boot/start-kernel.ts';
import type { SimulatedKernel } from '../kernel/kernel.ts';
import type { Outcome } from '../kernel/state.ts';
import type { HookRunner, Machine, Program, ProgramAnswer } from '../machine.ts';
import type { Profile } from '../profile.ts';
import { basePrograms, UnknownCall } from '../programs/table.ts';
import { updateInitramfs } from '../programs/update-initramfs.ts';
import { refreshMembers } from '../pve/install.ts';
import { installPve, PVE_PROGRAMS } from '../pve/programs.ts';
import type { NodeInside } from './node-inside.ts';

/** How a reboot ended. */
export type RebootAnswer = { readonly booted: true } | { readonly booted: false; readonly reason: string };

/** The machine behind a simulated node: disks, a kernel that runs or does not, programs and a clock of its own. */
export class SimulatedMachine implements Machine, NodeInside {
  readonly profile: Profile;
  readonly nodeName = 'pve';
  readonly hookRunner: HookRunner | undefined;
  readonly disks: Disks = { root: new FileTree(), esp: new FileTree() };
  #quorate = true;
  #kernel: SimulatedKernel | undefined;
  #nowMs: number;
  readonly #programs: { readonly [name: string]: Program };

  constructor(profile: Profile, hookRunner: HookRunner | undefined, startMs: number) {
    this.profile = profile;
    this.hookRunner = hookRunner;
    this.#nowMs = startMs;
    this.#programs = {
      ...basePrograms(() => this.kernel),
      'update-initramfs': updateInitramfs(this.disks),
      ...PVE_PROGRAMS,
    };
    installSystem(this.disks, profile, this.nodeName);
    this.boot();
    installPve(this);
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
    const entry = bootEntry(this.disks, this.profile.loader);
    this.#kernel = undefined;
    if ('reason' in entry) {
      for (const directory of ['/proc', '/sys', '/dev', '/run']) this.tree.remove(directory);
      return { booted: false, reason: entry.reason };
    }
    this.#kernel = startKernel(this.tree, this.profile, entry, () => this.#nowMs, this.nodeName);
    this.tree.setDirectory('/run/qemu-server', 0o750);
    return { booted: true };
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Lets simulated time pass. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  write(path: string, value: string): Outcome {
    return this.kernel.write(path, value);
  }

  readHangs(path: string): boolean {
    return this.#kernel?.readHangs(path) === true;
  }

  async run(argv: readonly string[], options: RunOptions = {}): Promise<ProgramAnswer> {
    const name = (argv[0] ?? '').replace(/^(\/usr)?\/s?bin\//, '');
    const program = Object.hasOwn(this.#programs, name) ? this.#programs[name] : undefined;
    if (program === undefined) throw new UnknownCall(argv);
    const answer = await program(this, argv, options);
    if (answer.stdout !== '') options.onOutput?.('stdout', answer.stdout);
    if (answer.stderr !== '') options.onOutput?.('stderr', answer.stderr);
    return answer;
  }
}
