// SPDX-License-Identifier: AGPL-3.0-or-later
import { EXPLAIN_BYTES, readLog } from '../../app/explain.ts';
import { explainView, findingView } from '../../core/doctor/explain/explain-view.ts';
import { AREAS } from '../../core/doctor/finding.ts';
import { FINDINGS } from '../../core/doctor/table.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { composeLocal } from '../../main/compose.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { explanationsText, findingText } from '../explain-text.ts';

const ID = new RegExp(`^(?:${AREAS.join('|')})\\.[a-z0-9-]+$`);

export async function run(call: Call): Promise<number> {
  const { io, options, args } = call;
  const [what = '-'] = args;
  const json = options.json === true;
  if (ID.test(what)) {
    const finding = findingView(what, FINDINGS);
    if (finding === undefined)
      return refuse(call, { code: 'usage', message: `There is no finding ${what}.`, hint: 'docs/findings.md lists them all.' });
    io.out(json ? `${JSON.stringify({ kind: 'explained-finding', ...finding }, null, 2)}\n` : findingText(io, finding));
    return EXIT.done;
  }
  const text = await textOf(call, what);
  if (!text.ok) return refuse(call, text.problem);
  const view = explainView(text.value);
  io.out(json ? `${JSON.stringify({ kind: 'explained', ...view }, null, 2)}\n` : explanationsText(io, view));
  const isKnown = view.explanations.length === 0 || view.explanations.some(({ weight }) => weight !== 'unknown');
  return isKnown ? EXIT.done : EXIT.failed;
}

/** What was typed stands for standard input, for a file of the machine or of where we run, or for itself. */
async function textOf(call: Call, what: string): Promise<Result<string>> {
  if (what === '-') {
    const text = call.io.input?.(EXPLAIN_BYTES);
    return text === undefined
      ? problem('usage', 'There is nothing to explain.', {
          hint: 'Give a finding, a message in quotes, a file, or pipe a log in: dmesg | pveigpu explain -',
        })
      : ok(text);
  }
  const { host, log } = await call.context();
  if (what.startsWith('/')) {
    const found = await readLog({ host }, what);
    if (!found.ok) return found;
    if (found.value !== undefined) return ok(found.value);
  }
  const local = await composeLocal({ root: '/', log });
  const path = what.startsWith('/') ? what : `${process.cwd()}/${what}`;
  // A pasted message is no name of a file.
  const found = what.includes('\n') || path.length > 4000 ? ok(undefined) : await readLog(local, path);
  if (!found.ok) return what.includes(' ') ? ok(what) : found;
  if (found.value !== undefined) return ok(found.value);
  if (/^\.{0,2}\/\S+$/.test(what)) return problem('host.read', `There is no file ${what}.`);
  return ok(what);
}
