// SPDX-License-Identifier: AGPL-3.0-or-later

/** One line of the kernel log, the time apart from the message. */
export interface KernelLogLine {
  /** Seconds since boot, where the line tells them. */
  readonly seconds?: number;
  /** The stamp as it stood, without brackets, for example `Tue Nov 18 10:00:00 2025`. */
  readonly stamp?: string;
  readonly message: string;
}

const SECONDS = /^\[\s*([0-9]{1,12}\.[0-9]{1,9})\](?:\[\s*[CT][0-9]+\])?\s?/;
const WALL_CLOCK = /^\[([A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4})\]\s?/;

/**
 * Splits a line of `dmesg`: `[   12.345678] text` and the form of `dmesg -T`, with or without the level prefix `<6>`. A line
 * in another form is all message.
 */
export function parseLogLine(line: string): KernelLogLine {
  const text = line.replace(/\r$/, '').replace(/^<[0-9]{1,4}>/, '');
  const seconds = SECONDS.exec(text);
  if (seconds !== null) return { seconds: Number(seconds[1]), stamp: seconds[1] ?? '', message: text.slice(seconds[0].length) };
  const clock = WALL_CLOCK.exec(text);
  if (clock !== null) return { stamp: clock[1] ?? '', message: text.slice(clock[0].length) };
  return { message: text };
}
