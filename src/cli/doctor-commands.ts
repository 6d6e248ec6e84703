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
      { flags: '--deep', description: 'ask programs too: lsinitramfs, dkms, zpool, the journal' },
      { flags: '--report <file>', description: 'write a redacted text to attach to a bug; - prints it', complete: 'file' },
      { flags: '--fix', description: 'run the remedies that are commands of pveigpu; each shows its plan and asks' },
      { flags: '--dry-run', description: 'with --fix: show what would change, change nothing' },
      { flags: '-y, --yes', description: 'with --fix: do not ask' },
      { flags: '--force', description: 'with --report: replace the file' },
    ],
    prints: true,
    examples: [
      { line: 'pveigpu doctor', does: 'look at everything' },
      { line: 'pveigpu doctor --only boot,driver', does: 'only these areas' },
      { line: 'pveigpu doctor --fix', does: 'one remedy after the other, each asked for' },
      { line: 'pveigpu doctor --report gpu.txt', does: 'findings, runs, logs and the machine in one file, names replaced' },
      { line: 'pveigpu doctor --host capture:box.capture', does: "somebody else's machine, from a capture" },
    ],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'explain',
    summary: 'what a finding, a message or a log means',
    details:
      'Knows what the kernel, i915, xe, DKMS, QEMU, Proxmox VE and the tools around them print, says which line is the real error and what to do. A long message goes in quotes. Exit code 0, or 1 where a line speaks of an error that is not known.',
    arguments: [
      {
        name: 'what',
        description: 'id of a finding, text, or file; - or nothing reads standard input',
        optional: true,
        complete: 'file',
      },
    ],
    prints: true,
    examples: [
      { line: 'pveigpu explain vf.gone', does: 'a finding of doctor' },
      { line: 'pveigpu explain "no driver bound to device; cannot configure SR-IOV"', does: 'a message' },
      { line: 'dmesg | pveigpu explain', does: 'a whole log' },
      { line: 'pveigpu explain make.log', does: 'why a driver could not be built' },
    ],
    load: () => import('./commands/explain.ts'),
  },
];
