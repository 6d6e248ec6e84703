// SPDX-License-Identifier: AGPL-3.0-or-later
import { createInterface, type Interface } from 'node:readline/promises';
import { EXIT } from '../exit-code.ts';
import type { Stage } from './stage.ts';

/** The keyboard during a demo: waits for Enter, or reads command lines. Both answer at end of input too. */
export interface Keyboard {
  /** True for Enter; false when the reader wants to leave (`q`, end of input). */
  enter(): Promise<boolean>;
  /** A line, undefined at end of input. */
  line(prompt: string): Promise<string | undefined>;
  close(): void;
}

export function terminalKeyboard(): Keyboard {
  const lines: Interface = createInterface({ input: process.stdin, output: process.stdout });
  let closed = false;
  const ended = new Promise<undefined>((resolve) => {
    lines.once('close', () => {
      closed = true;
      resolve(undefined);
    });
  });
  const line = async (prompt: string) => (closed ? undefined : await Promise.race([lines.question(prompt), ended]));
  return {
    line,
    enter: async () => {
      const answer = await line('\n[Enter] goes on, q leaves: ');
      return answer !== undefined && !/^\s*q/i.test(answer);
    },
    close: () => lines.close(),
  };
}

/** A small shell on the simulated node, until `exit` or end of input. */
export async function runShell(stage: Stage, keyboard: Keyboard): Promise<number> {
  const { node } = stage.machine;
  stage.io.out('\nThe simulated node is yours: type pveigpu or qm commands, reboot, or exit.\n');
  for (;;) {
    const line = (await keyboard.line(`root@${node.machine.nodeName}:~# `))?.trim();
    if (line === undefined || line === 'exit' || line === 'logout') return EXIT.done;
    if (line === '') continue;
    await stage.run(line);
  }
}
