// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';

/** What a program inside a guest answered. */
export interface GuestAnswer {
  readonly exitCode: number;
  readonly out?: string;
  readonly err?: string;
}

/**
 * How the QEMU guest agent behaves: `silent` does not even answer a ping (not installed, or not started yet), `slow` answers the ping
 * and nothing after it, `forbids` has guest-exec blocked, as Fedora ships it.
 */
export type AgentState = 'running' | 'silent' | 'slow' | 'forbids';

/** What is asked of a program: its answer, `hangs` when it does not end in time, undefined when there is no such program. */
export type GuestProgram = (argv: readonly string[], stdin: string) => GuestAnswer | 'hangs' | undefined;

/** The inside of one guest: files, installed packages and programs. */
export interface GuestSystem {
  agent: AgentState;
  /** `uname -r`. */
  kernel: string;
  readonly files: Map<string, string>;
  readonly packages: Set<string>;
  /** Nodes of /dev/dri with the lines of `ls -ln`, and the driver behind each. */
  readonly nodes: Map<string, { readonly line: string; readonly driver: string; readonly vendor: string }>;
  /** Asked first: what a test scripts. */
  script: GuestProgram;
  /** Programs that come with a package, by name. */
  readonly programs: Map<string, GuestProgram>;
  /** The command lines that ran, in order. */
  readonly ran: (readonly string[])[];
}

const SYSTEMS = new WeakMap<Machine, Map<number, GuestSystem>>();

/** The inside of a guest; undefined where nothing was put into it. */
export function guestSystem(machine: Machine, vmid: number): GuestSystem | undefined {
  return SYSTEMS.get(machine)?.get(vmid);
}

/** Puts a system into a guest. */
export function putGuestSystem(machine: Machine, vmid: number, system: GuestSystem): void {
  const all = SYSTEMS.get(machine) ?? new Map<number, GuestSystem>();
  SYSTEMS.set(machine, all.set(vmid, system));
}

/** Runs a program inside a guest: a script first, then what the system has; undefined when it has no such program. */
export function runInGuest(system: GuestSystem, argv: readonly string[], stdin: string): GuestAnswer | 'hangs' | undefined {
  system.ran.push(argv);
  const scripted = system.script(argv, stdin);
  if (scripted !== undefined) return scripted;
  const [name = '', ...rest] = argv;
  if (name === 'env')
    return runInGuest(
      system,
      rest.filter((word, at) => !(at === 0 && /^\w+=/.test(word))),
      stdin,
    );
  return system.programs.get(name)?.(argv, stdin);
}
