// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Simulated } from '../app/simulated.ts';
import { typed } from '../cli/command-line.ts';

/** What a command prints with `--json`, which is what the service answers too. */
export async function asked<T>(machine: Simulated, line: string): Promise<T> {
  const { out, err } = await typed(machine, `${line} --json`);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as T;
}

/** Types a command that must work. */
export async function done(machine: Simulated, line: string): Promise<void> {
  const { code, out, err } = await typed(machine, line);
  if (code !== 0 && code !== 4) throw new Error(`pveigpu ${line} answers ${code}: ${out}${err}`);
}
