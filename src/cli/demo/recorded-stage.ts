// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SimulatedContext } from '../../main/compose.ts';
import type { CommandSpec } from '../command.ts';
import type { Io } from '../io.ts';
import { type Stage, stageOf } from './stage.ts';

/** One command line of the story, as `demo --json` shows it. */
export interface TypedLine {
  readonly line: string;
  readonly exit: number;
  /** What it printed, both streams in order, without the prompt. */
  readonly output: string;
}

/** A stage that prints nothing and keeps what was typed. */
export function recordedStage(
  machine: SimulatedContext,
  commands: readonly CommandSpec[],
  columns: number,
): { readonly stage: Stage; readonly typed: readonly TypedLine[] } {
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const io: Io = { out: write, err: write, colour: false, columns, interactive: false, confirm: async () => false };
  const inner = stageOf(machine, commands, io);
  const typed: TypedLine[] = [];
  const type = async (line: string, answer?: string) => {
    output = '';
    const exit = await inner.type(line, answer);
    // The prompt and the line itself stand in `line`.
    output = output.slice(output.indexOf('\n', 1) + 1);
    typed.push({ line, exit, output });
    return exit;
  };
  return { stage: { machine, io, type, run: inner.run }, typed };
}
