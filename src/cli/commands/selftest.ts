// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { selftest } from '../../app/selftest.ts';
import { selftestReport } from '../../core/selftest/selftest-report.ts';
import { type SelftestResult, type SelftestRound, selftestVerdict } from '../../core/selftest/selftest-result.ts';
import { composeLocal } from '../../main/compose.ts';
import { VERSION } from '../../main/version.ts';
import type { Host } from '../../ports/host.ts';
import { nobodyAnswers, refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { printProblem } from '../print-problem.ts';
import { countOf, gpuOf, textOf } from '../request.ts';

const DEFAULT_ROUNDS = 3;
const QUESTION = 'Make a small guest, give it a VF, start and remove it, for each round?';

/** Ends with 0 when all rounds were fine, 1 when one was not, 6 where it cannot be run, 7 when not all could be measured. */
export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const rounds = countOf(options.rounds, 'number of rounds') ?? DEFAULT_ROUNDS;
  const { report } = textOf(options, 'report', 'report');
  const json = options.json === true;
  if (!json) io.out(`${rounds} rounds; no guest that exists is touched.\n`);
  if (options.dryRun === true) {
    const none: SelftestResult = { asked: rounds, rounds: [], stopped: false, leftOver: [], log: [], machine: [] };
    if (json) io.out(`${JSON.stringify({ format: 1, kind: 'selftest', verdict: selftestVerdict(none), ...none }, null, 2)}\n`);
    return EXIT.done;
  }
  if (options.yes !== true) {
    if (json || !io.interactive) return refuse(call, nobodyAnswers(json));
    if (!(await io.confirm(QUESTION))) return EXIT.failed;
  }
  if (report !== undefined && options.force !== true && (await isThere(call, report)))
    return refuse(call, { code: 'usage', message: `${report} exists already.`, hint: 'Give another name, or --force.' });
  const context = await call.context();
  const interrupt = watchInterrupts(() => io.err('\nStopping: the guest of this round is taken away first.\n'));
  try {
    const done = await selftest(context, {
      rounds,
      ...gpuOf(options),
      hookStub,
      stopped: interrupt.stopped,
      onRound: (round) => json || io.out(`${roundLine(round)}\n`),
    });
    if (!done.ok) return refuse(call, done.problem);
    const { result: found, nodeName } = done.value;
    const result = { ...found, machine: [`pveigpu: ${VERSION}`, ...found.machine] };
    const text = selftestReport(result, nodeName);
    if (json)
      io.out(`${JSON.stringify({ format: 1, kind: 'selftest', verdict: selftestVerdict(result), ...result }, null, 2)}\n`);
    else if (report === undefined) io.out(`\n${text}`);
    if (report !== undefined && !(await write(call, report, text))) return EXIT.failed;
    return exitCodeOf(result);
  } finally {
    interrupt.release();
  }
}

function roundLine({ number, vf, wrong, unmeasured }: SelftestRound): string {
  const said = wrong.length > 0 ? wrong.join('; ') : unmeasured.length > 0 ? `not measured: ${unmeasured.join('; ')}` : 'fine';
  return `round ${number}: ${vf ?? 'no VF'}: ${said}`;
}

/** The report is a file of the machine that runs us, whatever machine is tested. */
async function ownFile({ context }: Call, file: string): Promise<{ readonly host: Host; readonly path: string }> {
  const { host } = await composeLocal({ root: '/', log: (await context()).log });
  return { host, path: file.startsWith('/') ? file : `${process.cwd()}/${file}` };
}

async function isThere(call: Call, file: string): Promise<boolean> {
  const { host, path } = await ownFile(call, file);
  return (await host.stat(path, { noFollow: true })).kind === 'content';
}

async function write(call: Call, file: string, text: string): Promise<boolean> {
  const { host, path } = await ownFile(call, file);
  const written = await host.writeAtomic(path, text, { mode: 0o600 });
  if (!written.ok) printProblem(call.io, written.problem);
  else if (call.options.json !== true) call.io.out(`The report is in ${file}. Read it before you send it.\n`);
  return written.ok;
}

function exitCodeOf(result: SelftestResult): number {
  const verdict = selftestVerdict(result);
  return verdict === 'passed' ? EXIT.done : verdict === 'failed' ? EXIT.failed : EXIT.notMeasured;
}

/** Ctrl-C and the end of the session stop after the clean-up, never in the middle of it. */
function watchInterrupts(onFirst: () => void): { stopped: () => boolean; release: () => void } {
  let isStopped = false;
  const stop = () => {
    if (!isStopped) onFirst();
    isStopped = true;
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    stopped: () => isStopped,
    release: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
