// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../core/files/file-tree.ts';
import type { RunOptions, RunOutput } from '../ports/host.ts';
import type { ProgramFiles } from './host/program-files.ts';
import type { Profile } from './profile.ts';

/** The answer of a simulated program. */
export type ProgramAnswer = RunOutput;

/** One program of the simulated node: only what the product calls exists, and an unknown argument is an error. */
export type Program = (
  machine: Machine,
  argv: readonly string[],
  options: RunOptions,
  /** What `env NAME=VALUE ... program` set; other variables are those of a login shell. */
  environment?: { readonly [name: string]: string },
) => Promise<ProgramAnswer>;

/** Runs a hook script of the simulated node: the face that composes the simulator gives it the real hook. */
export type HookRunner = (call: {
  readonly machine: Machine;
  readonly script: string;
  readonly vmid: number;
  readonly phase: string;
  readonly env: { readonly [name: string]: string };
}) => Promise<ProgramAnswer>;

/**
 * Runs what a unit of systemd starts: the face that composes the simulator gives it our own use cases. Answers the exit code,
 * or undefined for a program that it does not know.
 */
export type ServiceRunner = (call: {
  readonly machine: Machine;
  readonly unit: string;
  readonly argv: readonly string[];
  /** A line of the program's output. */
  readonly say: (line: string) => void;
}) => Promise<number | undefined>;

/** A running process of the simulated node, so that `/proc` and holders agree. */
export interface SimulatedProcess {
  readonly pid: number;
  readonly command: string;
  readonly argv: readonly string[];
  /** Device nodes that it has open. */
  readonly open: readonly string[];
  /** Its control group below `/sys/fs/cgroup`; default `/qemu.slice/N.scope` for `-id N`, else a service of its own. */
  readonly cgroup?: string;
}

/** What the kernel side offers to the other parts of the simulator. */
export interface KernelModel {
  /** A write into a sysfs or proc attribute: 0, or the errno name. Hanging writes answer `HANG`. */
  write(path: string, value: string): 'ok' | 'HANG' | (string & {});
  driverOf(bdf: string): string | null;
  startProcess(process: Omit<SimulatedProcess, 'pid'>): SimulatedProcess;
  endProcess(pid: number): void;
  processes(): readonly SimulatedProcess[];
  /** Appends a line to the kernel log, time-stamped. */
  log(line: string): void;
  /** Loads a module with the options that modprobe.d gives it now; `ok` or the errno name. */
  modprobe(name: string): 'ok' | (string & {});
}

/** A whole simulated node from the inside: its file tree, its kernel and the clock of the simulation. */
export interface Machine {
  readonly profile: Profile;
  readonly nodeName: string;
  readonly tree: FileTree;
  readonly kernel: KernelModel;
  /** Milliseconds since 1970 of the simulated clock. */
  nowMs(): number;
  /** Runs a program of this node, as its own programs do. */
  run(argv: readonly string[], options?: RunOptions): Promise<ProgramAnswer>;
  /** How a program of this name changes files, so that the power can go between and within its writes. */
  programFiles(program: string): ProgramFiles;
  readonly hookRunner: HookRunner | undefined;
  /** False makes `/etc/pve` read-only (EACCES) and refuses starts, as without quorum. */
  quorate: boolean;
}
