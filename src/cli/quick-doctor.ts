// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Call } from './command.ts';
import { printFailure } from './print-problem.ts';
import { lookAt, showDoctor } from './show-doctor.ts';

/** `doctor` that only looks, built as one CommonJS file of its own: docs/adr/0010. */
export async function runQuickDoctor(call: Call): Promise<number> {
  try {
    return showDoctor(call, await lookAt(call));
  } catch (error) {
    return printFailure(call.io, error, call.options.json === true);
  }
}
