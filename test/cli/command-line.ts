// SPDX-License-Identifier: AGPL-3.0-or-later
import { COMMANDS } from '../../src/cli/command-table.ts';
import type { Io } from '../../src/cli/io.ts';
import { pipedLines } from '../../src/cli/line-input.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { VERSION } from '../../src/main/version.ts';
import { type Simulated, simulated } from '../app/simulated.ts';

/** What a command line printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Who sits at the terminal: nobody (null), or somebody who answers every question with yes or no. */
export type Answer = 'yes' | 'no' | null;

export interface TypedOptions {
  readonly answer?: Answer;
  readonly columns?: number;
  /** What is piped in. */
  readonly input?: string;
  /** What somebody types at questions that take a line each; then the input ends. */
  readonly lines?: readonly string[];
  /** What somebody else does while the question stands. */
  readonly beforeAnswer?: () => void;
}

/**
 * Types one command line (without `pveigpu`, words separated by blanks) on a machine, with everything that is printed
 * captured.
 */
export async function typed(
  machine: Pick<Simulated, 'context'>,
  line: string,
  { answer = null, columns = 100, input, lines, beforeAnswer }: TypedOptions = {},
): Promise<Ran> {
  let [out, err] = ['', ''];
  const print = (text: string) => {
    out += text;
  };
  const io: Io = {
    out: print,
    err: (text) => {
      err += text;
    },
    colour: false,
    columns,
    interactive: answer !== null,
    input: () => input,
    ...(lines === undefined ? {} : { lines: () => pipedLines(lines.join('\n'), print) }),
    confirm: async () => {
      beforeAnswer?.();
      return answer === 'yes';
    },
  };
  const words = (line.match(/"[^"]*"|[^ ]+/g) ?? []).map((word) => word.replace(/^"(.*)"$/s, '$1'));
  const code = await runCommandLine(words, COMMANDS, io, async () => machine.context, VERSION);
  return { code, out, err };
}

/** A Raptor Lake node as a new user has it: i915-dkms is there, no VFs yet. */
export function raptorLake(): Simulated {
  return simulated('raptor-lake-s');
}

/** The same with its VFs made, and two plain VMs: 110 and 111. */
export async function withVfs(count = 7): Promise<Simulated> {
  const machine = raptorLake();
  for (const [vmid, name] of [
    [110, 'plain'],
    [111, 'other'],
  ] as const)
    machine.writeConfig(vmid, `cores: 1\nmemory: 64\nname: ${name}\nostype: l26\n`);
  await mustType(machine, `vf create ${count} --yes`);
  return machine;
}

/** Types a line that must succeed. */
export async function mustType(machine: Simulated, line: string): Promise<Ran> {
  const ran = await typed(machine, line);
  if (ran.code !== 0) throw new Error(`${line} ends with ${ran.code}: ${ran.out}${ran.err}`);
  return ran;
}

/** The first sentence of what was said on failure: without `pveigpu:` and what follows it. */
export function sentence({ err }: Ran): string {
  return /^pveigpu: (.*)$/m.exec(err)?.[1] ?? '';
}

/** Everything on the node, what the kernel and PVE keep in memory included: path to content, for "nothing was written". */
export function wholeTree({ node }: Simulated): { readonly [path: string]: string } {
  const all: { [path: string]: string } = {};
  for (const { path, node: one } of node.machine.tree.walk()) {
    // lock files stay where they are, also after a command that only looked
    if (path.startsWith('/run/pveigpu')) continue;
    if (one.kind === 'file') all[path] = typeof one.content === 'string' ? one.content : new TextDecoder().decode(one.content);
    else all[path] = one.kind === 'symlink' ? `-> ${one.target}` : one.kind;
  }
  return all;
}

/** One JSON value, which says what it is. */
export function jsonOf({ out }: Ran): { readonly format: number; readonly kind: string; readonly [field: string]: unknown } {
  const value: unknown = JSON.parse(out);
  if (typeof value !== 'object' || value === null || !('format' in value) || !('kind' in value))
    throw new Error(`not one of our values: ${out.slice(0, 200)}`);
  return value as { readonly format: number; readonly kind: string };
}
