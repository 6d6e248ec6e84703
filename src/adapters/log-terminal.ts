// SPDX-License-Identifier: AGPL-3.0-or-later
import { visible } from '../core/text/visible.ts';
import type { Log } from '../ports/clock-log.ts';

/** Longer lines are cut: a log line is for people. */
const LINE_LIMIT = 4_000;

/** Lines on standard error, with control characters made visible. */
export function terminalLog(write: (text: string) => void = (text) => void process.stderr.write(text)): Log {
  const line = (text: string) => write(`${visible(text, LINE_LIMIT)}\n`);
  return { info: line, warn: (text) => line(`warning: ${text}`) };
}
