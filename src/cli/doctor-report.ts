// SPDX-License-Identifier: AGPL-3.0-or-later
import { recordCapture, type WrittenCapture } from '../app/capture.ts';
import type { Context } from '../app/context.ts';
import { readDoctor } from '../app/doctor.ts';
import { readHistory } from '../app/history.ts';
import { REPORT_TITLE } from '../core/capture/parse-capture.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { visible } from '../core/text/visible.ts';
import { composeCaptureText } from '../main/compose.ts';
import { VERSION } from '../main/version.ts';
import { doctorText } from './doctor-text.ts';

const PAPER = { colour: false, columns: 110 };
/** Runs before these are seldom what somebody asks about. */
const MOST_RUNS = 20;

/**
 * One text to attach to a bug: what doctor finds, what was done, and the machine itself as a capture, which `--host capture:FILE`
 * opens. The findings are those of the capture, so that they tell no more of anybody than it does. Fails when nothing could be read.
 */
export async function reportText(context: Context): Promise<Result<string>> {
  const { host, clock, log } = context;
  const capture = await recordCapture(host, { deep: true });
  if (capture.empty) return problem('host.read', `Nothing of ${host.label} could be read, so there is nothing to report.`);
  const opened = await composeCaptureText({ text: capture.text, label: 'the report', log });
  if (!opened.ok) return opened;
  const view = await readDoctor({ ...opened.value, clock }, { deep: true });
  const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
  const parts = [
    REPORT_TITLE,
    `# pveigpu ${VERSION}, node ${process.version}, ${day}. What could identify somebody was replaced; look through it before you pass it on.`,
    '# Anybody can look at the machine with: pveigpu doctor --host capture:THIS-FILE',
    '',
    '# What doctor finds',
    '',
    doctorText(PAPER, view).trimEnd(),
    '',
    '# What pveigpu did here, the newest last',
    '',
    ...(await runLines(context, capture)),
    '',
    '# The machine: files, kernel log, and what programs said',
    '',
    capture.text,
  ];
  return ok(parts.join('\n'));
}

async function runLines({ host }: Context, { rename }: WrittenCapture): Promise<readonly string[]> {
  const history = await readHistory({ host });
  if (!history.ok) return [visible(rename(history.problem.message))];
  const runs = history.value.runs
    .slice(-MOST_RUNS)
    .flatMap(({ number, title, state, startedMs, failure, steps }) => [
      `run ${number}, ${new Date(startedMs).toISOString().slice(0, 16)}Z, ${state}: ${title}`,
      ...(failure === undefined ? [] : [`  because: ${failure}`]),
      ...steps.filter(({ note }) => note !== undefined).map(({ subject, state, note }) => `  ${state} ${subject}: ${note}`),
    ]);
  return runs.length === 0 ? ['nothing'] : runs.map((line) => visible(rename(line)));
}
