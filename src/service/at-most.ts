// SPDX-License-Identifier: AGPL-3.0-or-later

/** Lets at most so many pieces of work run at a time; the others wait in the order in which they came. */
export function atMost(count: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // who waits takes our place over
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
