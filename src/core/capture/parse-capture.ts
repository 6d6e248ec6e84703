// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../problem.ts';
import { visible } from '../text/visible.ts';
import { CAPTURE_FORMAT, CAPTURE_TITLE, type Capture, type CaptureEntry } from './capture-entry.ts';
import { type Block, entryOfBlock } from './parse-entry.ts';

/** The first line of a report, which holds a capture at its end. */
export const REPORT_TITLE = 'pveigpu report, format 1';

/** Reads a capture, or the one at the end of a report. Fails with `format.unreadable` or `format.newer`, naming the line, for everything that is not one. */
export function parseCapture(text: string): Result<Capture> {
  const all = splitLines(text);
  const lines = all[0] === REPORT_TITLE ? all.slice(all.findIndex((line) => line.startsWith(CAPTURE_TITLE))) : all;
  const [title = ''] = lines;
  const format = title.startsWith(CAPTURE_TITLE) ? title.slice(CAPTURE_TITLE.length) : undefined;
  if (format === undefined || !/^[1-9]\d{0,5}$/.test(format))
    return broken(1, `the first line is not "${CAPTURE_TITLE}${CAPTURE_FORMAT}"`);
  if (Number(format) > CAPTURE_FORMAT) {
    return problem('format.newer', `The capture has format ${format}; this version of pveigpu reads up to ${CAPTURE_FORMAT}.`, {
      hint: 'Update pveigpu.',
    });
  }
  const blocks = blocksOf(lines);
  const last = blocks.at(-1);
  if (last?.words[0] !== 'end') return broken(lines.length, 'it ends too early, without its last line "-- end --"');
  const entries: CaptureEntry[] = [];
  const paths = new Set<string>();
  for (const block of blocks.slice(0, -1)) {
    const stderr = block.words[0] === 'stderr' ? entries.pop() : undefined;
    const read = entryOfBlock(block, stderr);
    if (!read.ok) return broken(block.line, read.problem);
    for (const entry of read.value) {
      const key = keyOf(entry);
      if (paths.has(key) && stderr === undefined) return broken(block.line, `${visible(key, 200)} is in it twice`);
      paths.add(key);
      entries.push(entry);
    }
  }
  return ok({ entries });
}

/** Text bodies hold no carriage return, so a file that went through a mailer or an editor of Windows can be read as well. */
function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines[0]?.endsWith('\r') === true ? lines.map((line) => line.replace(/\r$/, '')) : lines;
}

function blocksOf(lines: readonly string[]): Block[] {
  const blocks: { readonly line: number; readonly words: readonly string[]; readonly body: string[] }[] = [];
  for (const [index, line] of lines.entries()) {
    const current = blocks.at(-1);
    if (line.startsWith('-- ')) blocks.push({ line: index + 1, words: line.split(' ').slice(1, 2), body: [line] });
    else if (current !== undefined) current.body.push(line);
  }
  return blocks.map(({ line, words, body }) => ({ line, words, header: body[0] ?? '', body: body.slice(1) }));
}

function keyOf(entry: CaptureEntry): string {
  if (entry.kind === 'command') return `command ${JSON.stringify(entry.argv)}`;
  return entry.kind === 'free' ? `free ${entry.path}` : entry.path;
}

function broken(line: number, what: string): Result<never> {
  return problem('format.unreadable', `The capture cannot be read: line ${line}: ${what}.`, {
    hint: 'Write it again with "pveigpu capture FILE", and pass it on as a file.',
    where: `line ${line}`,
  });
}
