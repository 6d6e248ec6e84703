// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Io } from './io.ts';

/** A bar that grows on one line of standard error. */
export interface ProgressBar {
  /** From 0 to 1. */
  show(share: number): void;
  /** Takes the bar away. */
  end(): void;
}

const WIDTH = 30;

/** A bar on a terminal; nothing where none is, since logs keep each state of it. It never goes back. */
export function progressBar(io: Io, what: string): ProgressBar {
  let shown = -1;
  if (!io.interactive || !io.colour) return { show: () => undefined, end: () => undefined };
  return {
    show: (share) => {
      const percent = Math.min(100, Math.max(shown, Math.floor(share * 100)));
      if (percent === shown) return;
      shown = percent;
      const full = Math.round((percent / 100) * WIDTH);
      io.err(`\r${what} [${'='.repeat(full)}${' '.repeat(WIDTH - full)}] ${String(percent).padStart(3)} %`);
    },
    end: () => {
      if (shown >= 0) io.err('\r\u001b[K');
    },
  };
}
