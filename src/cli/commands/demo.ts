// SPDX-License-Identifier: AGPL-3.0-or-later
import { readVerdict } from '../../app/verdict.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { composeSimulated, type SimulatedContext, simulatedMachines } from '../../main/compose.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { COMMANDS } from '../command-table.ts';
import { differences } from '../demo/differences.ts';
import { recordedStage } from '../demo/recorded-stage.ts';
import { serveDemo, untilStopped } from '../demo/serve.ts';
import { runShell, terminalKeyboard } from '../demo/shell.ts';
import { stageOf } from '../demo/stage.ts';
import { play, type Scene, scenesFor } from '../demo/story.ts';
import { unitProgram } from '../demo/unit-program.ts';
import { EXIT } from '../exit-code.ts';
import { type Io, logOf } from '../io.ts';
import { paint } from '../style.ts';
import { table } from '../table.ts';

const DEFAULT_PROFILE = 'raptor-lake-s-untouched';

export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  if (options.profiles === true) return await listProfiles(call);
  const port = portOf(options.port);
  if (!port.ok) return refuse(call, port.problem);
  const opened = await composeSimulated({
    profile: typeof options.profile === 'string' ? options.profile : DEFAULT_PROFILE,
    log: logOf(io),
    unitProgram,
  });
  if (!opened.ok) return refuse(call, opened.problem);
  const machine = opened.value;
  if (options.serve === true) return await serve(io, machine, port.value);
  if (options.json === true) return await tellAsValue(io, machine);
  const { node } = machine;
  const keyboard = io.interactive && options.once !== true ? terminalKeyboard() : undefined;
  const stage = stageOf(machine, COMMANDS, {
    ...io,
    interactive: keyboard !== undefined,
    confirm: async (question) =>
      keyboard !== undefined && /^\s*y(es)?\s*$/i.test((await keyboard.line(`${question} [y/N] `)) ?? ''),
  });
  const before = node.persistentFiles();
  io.out(`${paint(io, 'strong', 'pveigpu, the whole story')} on a simulated machine: ${node.machine.profile.title}\n`);
  io.out(paint(io, 'dim', `Nothing here touches this computer. Source of the machine: ${node.machine.profile.source.source}\n`));

  let leaves = false;
  const pause = async () => {
    leaves = keyboard !== undefined && !(await keyboard.enter());
    return !leaves;
  };
  const right = await play(stage, await scenesOf(machine), pause).catch((error: unknown) => {
    keyboard?.close();
    throw error;
  });
  if (leaves) {
    keyboard?.close();
    return right ? EXIT.done : EXIT.failed;
  }
  const left = differences(before, node.persistentFiles());
  if (left.length === 0)
    io.out(
      `\n${paint(io, 'good', 'The node is as it was')}: ${Object.keys(before).filter((path) => !path.endsWith('/')).length} files are equal, byte for byte.\n`,
    );
  else io.err(`\nThe node is not as it was: ${left.join(', ')}\n`);
  const code = right && left.length === 0 ? EXIT.done : EXIT.failed;
  if (keyboard === undefined) return code;
  const demo = await serveDemo(io, machine, port.value);
  await runShell(stage, keyboard).finally(() => keyboard.close());
  await demo.close();
  return code;
}

/** The panel alone, until somebody ends it. */
async function serve(io: Io, machine: SimulatedContext, port: number): Promise<number> {
  const demo = await serveDemo(io, machine, port);
  await untilStopped();
  await demo.close();
  return EXIT.done;
}

/** The port that was asked for; 0, any that is free, when none was. */
function portOf(text: string | boolean | undefined): Result<number> {
  if (typeof text !== 'string') return ok(0);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port < 65_536 ? ok(port) : problem('usage', `"${text}" is no port.`);
}

async function scenesOf(machine: SimulatedContext): Promise<readonly Scene[]> {
  const { gpus } = await readVerdict(machine);
  const inMode = (readiness: 'now' | 'setup') =>
    gpus.flatMap(({ bdf, modes }) => {
      const sriov = modes.find(({ mode }) => mode === 'sriov');
      return sriov?.readiness === readiness && (readiness === 'now' || sriov.backend === 'xe') ? [bdf] : [];
    });
  const hasIntel = gpus.some(({ vendor }) => vendor === '8086');
  return scenesFor({ ready: inMode('now'), toSetUp: inMode('setup'), hasIntel });
}

/** The whole story without waiting, as one value. */
async function tellAsValue(io: Io, machine: SimulatedContext): Promise<number> {
  const { node } = machine;
  const { stage, typed } = recordedStage(machine, COMMANDS, io.columns);
  const before = node.persistentFiles();
  const right = await play(stage, await scenesOf(machine), async () => true);
  const left = differences(before, node.persistentFiles());
  const { name, title } = node.machine.profile;
  io.out(`${JSON.stringify({ format: 1, kind: 'demo', profile: name, title, right, typed, left }, null, 2)}\n`);
  return right && left.length === 0 ? EXIT.done : EXIT.failed;
}

async function listProfiles({ io, options }: Call): Promise<number> {
  const machines = await simulatedMachines();
  if (options.json === true) {
    const profiles = machines.map(({ name, title, source }) => ({ name, title, source }));
    io.out(`${JSON.stringify({ kind: 'profiles', format: 1, profiles }, null, 2)}\n`);
  } else
    io.out(
      table(
        io,
        ['PROFILE', 'MACHINE', 'SOURCE'],
        machines.map(({ name, title, source }) => [name, title, source.kind]),
      ),
    );
  return EXIT.done;
}
