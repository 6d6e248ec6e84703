// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../../core/pci/address.ts';
import { EXIT } from '../exit-code.ts';
import { paint } from '../style.ts';
import { wrap } from '../wrap.ts';
import type { Stage } from './stage.ts';

/** One step of the story: what the reader should know, then what is typed, and the exit code that belongs to it. */
export interface Scene {
  readonly say: string;
  readonly lines: readonly { readonly type: string; readonly exit?: number; readonly answer?: string }[];
}

const look = (exit: number): readonly Scene[] => [
  { say: 'What is there, and who uses it?', lines: [{ type: 'pveigpu status' }] },
  { say: 'What can this machine do, and why?', lines: [{ type: 'pveigpu verdict', exit }] },
];

/** The story on a machine that can make VFs: pool and pinned VF, start, holders, stop, everything back. */
const share = (gpu: string): readonly Scene[] => [
  {
    say: 'VM 101 gets a VF from the pool: PVE itself will take the first free one at each start. Nothing is written before you agree.',
    lines: [{ type: `pveigpu assign 101${gpu} --yes` }],
  },
  {
    say: 'VM 100 always gets VF 3. The hookscript prepares it at each start.',
    lines: [{ type: `pveigpu assign 100 --vf 3${gpu} --yes` }],
  },
  {
    say: 'Both guests start; the lines of the hook stand in the task log.',
    lines: [{ type: 'qm start 101' }, { type: 'qm start 100' }],
  },
  { say: 'Who holds what?', lines: [{ type: 'pveigpu vf list' }, { type: 'pveigpu assignments' }] },
  {
    say: 'A VF is never taken from under a guest.',
    lines: [{ type: `pveigpu vf remove${gpu} --yes`, exit: EXIT.conflict }],
  },
  { say: 'Stop, and take everything back.', lines: [{ type: 'qm stop 101' }, { type: 'qm stop 100' }] },
  {
    say: 'The guests get back exactly what they had.',
    lines: [
      { type: 'pveigpu unassign 101 --yes' },
      { type: 'pveigpu unassign 100 --yes' },
      { type: `pveigpu vf remove${gpu} --yes` },
    ],
  },
];

/** The story on a machine as its installer left it: three commands and one question from there to a guest with a VF. */
const setUp = (gpu: string): readonly Scene[] => [
  {
    say: 'One command sets the node up: it shows all that it would change, and asks once.',
    lines: [{ type: `pveigpu apply sriov${gpu}`, exit: EXIT.rebootNeeded, answer: 'y' }],
  },
  {
    say: 'One reboot. The VFs are made before guests start, and a healthy boot confirms itself.',
    lines: [{ type: 'reboot' }, { type: 'pveigpu assert' }],
  },
  { say: 'A VF for VM 101, and it starts.', lines: [{ type: `pveigpu assign 101${gpu} --yes` }, { type: 'qm start 101' }] },
  { say: 'Who holds what?', lines: [{ type: 'pveigpu vf list' }] },
  {
    say: 'Everything back: the guest has what it had, and the node is as the installer left it.',
    lines: [
      { type: 'qm stop 101' },
      { type: 'pveigpu unassign 101 --yes' },
      { type: `pveigpu apply host${gpu}`, exit: EXIT.rebootNeeded, answer: 'y' },
      { type: 'reboot' },
      { type: 'pveigpu confirm' },
    ],
  },
];

/** The story where VFs cannot be made (now): the refusal, with its reason. */
const REFUSED: readonly Scene[] = [
  {
    say: 'A slice is asked for all the same. The reason comes before anything is written.',
    lines: [{ type: 'pveigpu assign 101 --mode sriov --yes', exit: EXIT.cannot }],
  },
];

/** The GPUs of a machine that can have VFs: at once, and after a set-up that needs nothing which is not on the node. */
export interface DemoGpus {
  readonly ready: readonly Bdf[];
  readonly toSetUp: readonly Bdf[];
  /** Without an Intel GPU the verdict itself says that this machine can't. */
  readonly hasIntel: boolean;
}

/** The scenes for a machine, by its GPUs: with several, each command names the first. */
export function scenesFor({ ready, toSetUp, hasIntel }: DemoGpus): readonly Scene[] {
  const first = look(hasIntel ? EXIT.done : EXIT.cannot);
  const named = (gpus: readonly Bdf[]) => (gpus.length > 1 ? ` --gpu ${gpus[0]}` : '');
  if (ready.length > 0) return [...first, ...share(named(ready))];
  return toSetUp.length > 0 ? [...first, ...setUp(named(toSetUp))] : [...first, ...REFUSED];
}

/** Plays scenes; answers whether each command ended as it should. */
export async function play(stage: Stage, scenes: readonly Scene[], pause: () => Promise<boolean>): Promise<boolean> {
  const { io } = stage;
  let right = true;
  for (const [index, scene] of scenes.entries()) {
    if (index > 0 && !(await pause())) return right;
    io.out(`\n${paint(io, 'strong', `${index + 1}. ${wrap(scene.say, Math.min(io.columns, 100) - 4, 3)}`)}\n`);
    for (const { type, exit = EXIT.done, answer } of scene.lines) {
      const code = await stage.type(type, answer);
      if (code === exit) continue;
      right = false;
      io.err(`pveigpu demo: "${type}" ended with ${code} where ${exit} was expected; this is a fault, please report it.\n`);
    }
  }
  return right;
}
