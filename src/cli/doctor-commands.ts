// SPDX-License-Identifier: AGPL-3.0-or-later
import { AREAS } from '../core/doctor/finding.ts';
import type { CommandSpec } from './command.ts';

/** Commands that say what is wrong. */
export const DOCTOR_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'doctor',
    summary: 'what is wrong here, why, and what to do about it',
    details:
      'Looks for everything that is known to go wrong, names the cause and what to do first; what follows from a cause stands below it. Reads files and the kernel log only. Exit code 0 when healthy, 1 with a problem, 7 when something that matters could not be looked at.',
    options: [
      { flags: '--only <what>', description: 'areas or ids of findings, separated by commas', complete: AREAS },
      { flags: '--deep', description: 'ask programs too: lsinitramfs, dkms, the journal' },
    ],
    prints: true,
    examples: [
      { line: 'pveigpu doctor', does: 'look at everything' },
      { line: 'pveigpu doctor --only boot,driver', does: 'only these areas' },
      { line: 'pveigpu doctor --host capture:box.capture', does: "somebody else's machine, from a capture" },
    ],
    load: () => import('./commands/doctor.ts'),
  },
];
