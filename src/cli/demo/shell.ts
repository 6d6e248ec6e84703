// SPDX-License-Identifier: AGPL-3.0-or-later
import { EXIT } from '../exit-code.ts';
import { type LineInput, terminalLines } from '../line-input.ts';
import type { Stage } from './stage.ts';

/** The keyboard during a demo: waits for Enter, or reads command lines. Both answer at end of input too. */
export interface Keyboard extends LineInput {
  /** True for Enter; false when the reader wants to leave (`q`, end of input). */
  enter(): Promise<boolean>;
}

export function terminalKeyboard(): Keyboard {
  const lines = terminalLines();
  return {
    ...lines,
    enter: async () => {
      const answer = await lines.line('\n[Enter] goes on, q leaves: ');
      return answer !== undefined && !/^\s*q/i.test(answer);
    },
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
