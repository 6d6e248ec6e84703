// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Diagnosis, DoctorView } from '../core/doctor/doctor-view.ts';
import { VERSION } from '../main/version.ts';
import type { Call } from './command.ts';
import { COMMANDS } from './command-table.ts';
import { EXIT } from './exit-code.ts';
import type { Io } from './io.ts';
import { runCommandLine } from './program.ts';
import { paint } from './style.ts';

/** One remedy that was run. */
export interface FixRun {
  readonly id: string;
  /** What was typed after `pveigpu`. */
  readonly arguments: readonly string[];
  readonly exitCode: number;
}

/** What is left after the remedies, and which were run. */
export interface Fixed {
  readonly view: DoctorView;
  readonly runs: readonly FixRun[];
  /** A remedy takes effect with the next boot; what is left can be judged after it. */
  readonly reboot: boolean;
}

/**
 * Runs the remedies that are plans, the worst problem first, as if their commands had been typed: each shows what it changes and
 * asks. The machine is looked at again after each, since one remedy often does away with several problems.
 */
export async function runFixes(call: Call, look: () => Promise<DoctorView>): Promise<Fixed> {
  const { io, options } = call;
  const runs: FixRun[] = [];
  const tried = new Set<string>();
  for (;;) {
    const view = await look();
    const next = view.problems.find(({ fix }) => fix?.plan === true && !tried.has(fix.arguments.join(' ')));
    const words = next?.fix?.arguments;
    if (next === undefined || words === undefined) return { view, runs, reboot: false };
    tried.add(words.join(' '));
    if (options.json !== true) io.out(`${titleOf(io, next, words)}\n`);
    if (words[0] === 'confirm' && !(await mayConfirm(call))) continue;
    const exitCode = await type(call, words);
    runs.push({ id: next.id, arguments: words, exitCode });
    if (exitCode === EXIT.rebootNeeded) return { view: await look(), runs, reboot: true };
    if (exitCode === EXIT.usage) return { view, runs, reboot: false };
    if (options.json !== true) io.out('\n');
  }
}

function titleOf(io: Io, { title, subject }: Diagnosis, words: readonly string[]): string {
  const about = subject === undefined ? '' : ` (${subject})`;
  return `${paint(io, 'strong', `${title}${about}`)}: ${paint(io, 'accent', `pveigpu ${words.join(' ')}`)}`;
}

/** `confirm` is the only one that does not ask, because it takes nothing from anybody. */
async function mayConfirm({ io, options }: Call): Promise<boolean> {
  return options.yes === true || options.dryRun === true || (await io.confirm('Run this?'));
}

async function type(call: Call, words: readonly string[]): Promise<number> {
  const { io, options } = call;
  const where = ['host', 'root'].flatMap((name) => (typeof options[name] === 'string' ? [`--${name}`, options[name]] : []));
  const how = [...(options.dryRun === true ? ['--dry-run'] : []), ...(options.yes === true ? ['--yes'] : [])];
  const isJson = options.json === true;
  const quiet: Io = isJson ? { ...io, out: () => undefined } : io;
  const argv = [...words, ...where, ...how, ...(isJson ? ['--json'] : [])];
  return await runCommandLine(argv, COMMANDS, quiet, async () => await call.context(), VERSION);
}
