// SPDX-License-Identifier: AGPL-3.0-or-later
import type { InsideOutput } from './guest-exec.ts';

/** UTF-16 units of a stream that are looked at, its end, and of each line; no program that is asked prints as much. */
const MOST_LENGTH = 1024 * 1024;
const LINE_LENGTH = 500;

/**
 * What a program inside a guest printed, cut to what can be looked at in bounded time: a guest may print anything. Only for
 * what is read and thrown away; a file that is written back must stay whole.
 */
export function boundedOutput(output: InsideOutput): InsideOutput {
  return { ...output, stdout: bounded(output.stdout), stderr: bounded(output.stderr) };
}

function bounded(text: string): string {
  const end = text.slice(-MOST_LENGTH);
  return end
    .split('\n')
    .map((line) => line.slice(0, LINE_LENGTH))
    .join('\n');
}
