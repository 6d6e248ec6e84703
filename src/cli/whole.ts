// SPDX-License-Identifier: AGPL-3.0-or-later
import { runFull } from './full.ts';

/** The same as `runFull`; the build makes one file of this and of all that it may ever need, which the other loads in parts. */
export async function runWhole(argv: readonly string[]): Promise<number> {
  return await runFull(argv);
}
