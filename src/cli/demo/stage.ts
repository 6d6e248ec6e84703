// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SimulatedContext } from '../../main/compose.ts';
import { VERSION } from '../../main/version.ts';
import type { CommandSpec } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { runCommandLine } from '../program.ts';
import { paint } from '../style.ts';

/** A simulated node on which command lines are typed: ours, and those of Proxmox. */
export interface Stage {
  readonly machine: SimulatedContext;
  readonly io: Io;
  /** Shows a prompt with the command line, then runs it; with an answer, the one question that it asks is answered so. */
  type(line: string, answer?: string): Promise<number>;
  /** Runs a command line; answers its exit code. */
  run(line: string): Promise<number>;
}

/** What a shell answers for a program that is not there. */
const NOT_FOUND = 127;

/** A stage whose commands print to `io` and act on `machine` alone. */
export function stageOf(machine: SimulatedContext, commands: readonly CommandSpec[], io: Io): Stage {
  // The node has no systemd that could take a command over, so each runs here.
  const here: Io = { ...io, detached: true };
  const runWith = async (line: string, asked: Io): Promise<number> => {
    const [program = '', ...args] = line.trim().split(/\s+/);
    if (program === '') return EXIT.done;
    if (program === 'reboot') return await reboot(machine, io);
    if (program === 'pveigpu') return await runCommandLine(args, commands, asked, async () => machine, VERSION);
    return await runProgram(machine, io, [program, ...args]);
  };
  return {
    machine,
    io,
    async type(line, answer) {
      io.out(`\n${paint(io, 'accent', `root@${machine.node.machine.nodeName}:~#`)} ${paint(io, 'strong', line)}\n`);
      return await runWith(line, answer === undefined ? here : answering(here, answer));
    },
    run: async (line) => await runWith(line, here),
  };
}

/** Somebody is there: shows the question with the answer. */
function answering(io: Io, answer: string): Io {
  return {
    ...io,
    interactive: true,
    confirm: async (question) => {
      io.out(`${question} [y/N] ${paint(io, 'strong', answer)}\n`);
      return answer === 'y';
    },
  };
}

async function reboot({ node }: SimulatedContext, io: Io): Promise<number> {
  const booted = await node.reboot();
  io.out(booted.booted ? 'The node has rebooted.\n' : `The node does not boot: ${booted.reason}\n`);
  return booted.booted ? EXIT.done : EXIT.failed;
}

async function runProgram({ host }: SimulatedContext, io: Io, argv: readonly [string, ...string[]]): Promise<number> {
  const output = await host.run(argv).catch((error: unknown) => {
    // what the simulation does not know is no fault of ours, and no reason to end the story
    if (error instanceof Error && error.name === 'UnknownCall') return error.message;
    throw error;
  });
  if (typeof output === 'string') {
    io.err(`${output}. Try pveigpu, qm, pct or pvesh.\n`);
    return NOT_FOUND;
  }
  if (!output.ok) {
    io.err(`${output.problem.message}\n`);
    return EXIT.failed;
  }
  io.out(output.value.stdout);
  io.err(output.value.stderr);
  return output.value.exitCode;
}
