// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Problem, Result } from '../core/problem.ts';
import { fixDialogue } from '../core/rom/fix-dialogue.ts';
import { type FixedRom, fixRom } from '../core/rom/fix-rom.ts';
import type { OptionRom } from '../core/rom/option-rom.ts';
import type { OptionRomImage } from '../core/rom/rom-image.ts';
import { nobodyAnswers } from './carry-out.ts';
import type { Io } from './io.ts';
import { type LineInput, pipedLines, terminalLines } from './line-input.ts';

/** Answers are a few letters each. */
const PIPED_BYTES = 64 * 1024;

const BROKEN_OFF: Problem = {
  code: 'usage',
  message: 'The input ended before the last answer, so nothing was written.',
  hint: 'Answer all questions, or give --device and --yes.',
};

/** Asks for each image and the checksum, and answers the changed ROM; fails where the input ends before the last answer. */
export async function askForFixes(
  io: Io,
  bytes: Uint8Array,
  rom: OptionRom,
  images: readonly OptionRomImage[],
): Promise<Result<FixedRom>> {
  const lines = linesOf(io);
  if (lines === undefined) return { ok: false, problem: nobodyAnswers(false) };
  const dialogue = fixDialogue(bytes, rom, images);
  try {
    for (let step = dialogue.next(''); ; ) {
      io.out(step.value.told);
      if (step.done === true) return fixRom(bytes, rom, step.value.changes, step.value);
      const answer = await lines.line(step.value.prompt);
      if (answer === undefined) return { ok: false, problem: BROKEN_OFF };
      step = dialogue.next(answer);
    }
  } finally {
    lines.close();
  }
}

function linesOf(io: Io): LineInput | undefined {
  if (io.lines !== undefined) return io.lines();
  if (io.interactive) return terminalLines();
  const piped = io.input?.(PIPED_BYTES);
  return piped === undefined ? undefined : pipedLines(piped, io.out);
}
