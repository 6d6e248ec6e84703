// SPDX-License-Identifier: AGPL-3.0-or-later

/** How many files are open at a time: enough to hide the waiting of a network, far below the usual limit of 1,024 open files. */
const WIDTH = 64;

/** Does the same for each item, at most 64 at a time, and answers in the order of the items. */
export async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
  return results;
}
