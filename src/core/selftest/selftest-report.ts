// SPDX-License-Identifier: AGPL-3.0-or-later
import { keptCmdlineWords } from '../capture/kept-cmdline.ts';
import { Pseudonyms } from '../capture/pseudonyms.ts';
import { renameLog } from '../capture/rename-texts.ts';
import { visible } from '../text/visible.ts';
import { ROUND_PARTS, type SelftestResult, type SelftestRound, selftestVerdict } from './selftest-result.ts';

/** The first words of every report. */
const HEAD = 'pveigpu selftest report, format 1';

/** The report as a text to attach: what was done, how long it took, what was found. Names and addresses are gone, as in a capture. */
export function selftestReport(result: SelftestResult, nodeName: string): string {
  const { asked, rounds, stopped, machine, leftOver, log } = result;
  const ended = stopped ? ', stopped by the user' : '';
  const lines = [
    HEAD,
    '',
    `result: ${selftestVerdict(result)}, ${rounds.length} of ${asked} rounds${ended}`,
    ...machine,
    '',
    ...roundTable(rounds),
    ...section(
      'wrong',
      rounds.flatMap((round) => round.wrong.map((text) => `round ${round.number}: ${text}`)),
    ),
    ...section(
      'not measured',
      rounds.flatMap((round) => round.unmeasured.map((text) => `round ${round.number}: ${text}`)),
    ),
    ...section('left over', leftOver),
    ...section('kernel log since the start', log),
  ];
  const text = `${lines.map((line) => visible(line)).join('\n')}\n`;
  return renameLog(text, new Pseudonyms(nodeName), keptCmdlineWords);
}

/** The rounds as a table; times in milliseconds. */
export function roundTable(rounds: readonly SelftestRound[]): readonly string[] {
  const head = ['ROUND', 'VF', ...ROUND_PARTS.map((part) => part.toUpperCase()), 'RESULT'];
  const body = rounds.map((round) => [
    String(round.number),
    round.vf ?? '-',
    ...ROUND_PARTS.map((part) => (round.tookMs[part] === undefined ? '-' : String(round.tookMs[part]))),
    round.wrong.length > 0 ? 'failed' : round.unmeasured.length > 0 ? 'not measured' : 'fine',
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...body].map((row) => row[at]?.length ?? 0)));
  return [head, ...body].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
