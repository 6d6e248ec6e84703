// SPDX-License-Identifier: AGPL-3.0-or-later
import { createInterface } from 'node:readline/promises';

/** Somebody who answers questions line by line. */
export interface LineInput {
  /** A line without its end, undefined at end of input. */
  line(prompt: string): Promise<string | undefined>;
  close(): void;
}

/** The terminal; what was typed ahead stays for the next question. */
export function terminalLines(): LineInput {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  let closed = false;
  const ended = new Promise<undefined>((resolve) => {
    lines.once('close', () => {
      closed = true;
      resolve(undefined);
    });
  });
  return {
    line: async (prompt) => {
      const line = closed ? undefined : await Promise.race([lines.question(prompt), ended]);
      // the cursor stands behind the prompt still
      if (line === undefined) process.stdout.write('\n');
      return line;
    },
    close: () => lines.close(),
  };
}

/** A text that was piped in, whose answers are shown behind the questions as if somebody had typed them. */
export function pipedLines(text: string, out: (text: string) => void): LineInput {
  const lines = text.split('\n');
  // what stands behind the last line end is no line
  if (lines.at(-1) === '') lines.pop();
  return {
    line: async (prompt) => {
      const line = lines.shift();
      out(`${prompt}${line ?? ''}\n`);
      return line;
    },
    close: () => undefined,
  };
}
