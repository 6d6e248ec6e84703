// SPDX-License-Identifier: AGPL-3.0-or-later
import { run as runStatus } from './commands/status.ts';
import { quickCall } from './quick-call.ts';

/**
 * `status` and `doctor` without the argument parser: they are what people type most, and their start-up is budgeted (docs/adr/0010).
 * Undefined for every other command line, which the whole program reads.
 */
export function runQuick(argv: readonly string[]): Promise<number> | undefined {
  if (argv[0] === 'status') {
    const call = quickCall(argv, { '--json': 'flag' });
    return call === undefined ? undefined : runStatus(call);
  }
  if (argv[0] !== 'doctor') return undefined;
  const call = quickCall(argv, { '--json': 'flag', '--deep': 'flag', '--only': 'value' });
  if (call === undefined) return undefined;
  // `import` would have node read the whole file once more, for the names that it exports
  const { runQuickDoctor } = require('./quick-doctor.ts') as typeof import('./quick-doctor.ts');
  return runQuickDoctor(call);
}
