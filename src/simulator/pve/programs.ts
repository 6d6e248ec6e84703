// SPDX-License-Identifier: AGPL-3.0-or-later
import type { RunOptions } from '../../ports/host.ts';
import type { Machine, Program } from '../machine.ts';
import { type Command, program, refusal } from './cli.ts';
import { pctExecCommand, qmGuestCommand } from './guest-exec.ts';
import { PCT_COMMANDS } from './pct-commands.ts';
import { Die } from './perl-die.ts';
import { pveshCommand } from './pvesh.ts';
import { QM_COMMANDS } from './qm-commands.ts';

export { installPve } from './install.ts';

type Finder = Parameters<typeof program>[0];

/** Finds commands of more than one word, or with words for a program inside a guest. */
type OtherFinder = (
  args: readonly string[],
  options: RunOptions,
) => { readonly command: Command; readonly args: readonly string[] } | undefined;

function among(name: string, commands: { readonly [name: string]: Command }, other: OtherFinder): Finder {
  return (_machine, args, options = {}) => {
    const found = other(args, options);
    if (found !== undefined) return found;
    const [word = '', ...rest] = args;
    const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
    return command === undefined ? new Die(`ERROR: unknown command '${name} ${word}'\n`) : { command, args: rest };
  };
}

const FINDERS: { readonly [name: string]: Finder } = {
  qm: among('qm', QM_COMMANDS, qmGuestCommand),
  pct: among('pct', PCT_COMMANDS, pctExecCommand),
  pvesh: pveshCommand,
};

/** The programs of Proxmox VE that the simulated node has, by name. */
export const PVE_PROGRAMS: { readonly [name: string]: Program } = Object.fromEntries(
  Object.entries(FINDERS).map(([name, finder]) => [name, program(finder)]),
);

/** PVE's refusal of an argument list by the schema alone, or undefined when the call would be made. */
export function checkArgv(
  machine: Machine,
  argv: readonly string[],
): { readonly exitCode: number; readonly stderr: string } | undefined {
  const [name = '', ...args] = argv;
  const finder = Object.hasOwn(FINDERS, name) ? FINDERS[name] : undefined;
  const found = finder === undefined ? new Die(`${name}: command not found\n`, { exitCode: 127 }) : finder(machine, args);
  return found instanceof Die ? { exitCode: found.exitCode, stderr: found.text } : refusal(found.command, found.args);
}
