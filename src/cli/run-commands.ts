// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec } from './command.ts';

/** Commands about what was done and what is being done. */
export const RUN_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'history',
    summary: 'what was done here and when',
    details: 'One line for each run that changed something; with its number, every step of it and what became of it.',
    arguments: [{ name: 'run', description: 'the number of a run', optional: true }],
    prints: true,
    examples: [
      { line: 'pveigpu history', does: 'all runs, the newest last' },
      { line: 'pveigpu history 4', does: 'the steps of run 4' },
    ],
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'rollback',
    summary: 'go back to what was desired before a run, or take everything back',
    details:
      'What you had before pveigpu is never removed: a file that somebody changed since loses only what is ours, and that is said. With --all guests give their slices back first, then pools, then the host.',
    arguments: [{ name: 'run', description: 'the number of the run before which to go back', optional: true }],
    options: [
      { flags: '--all', description: 'as if pveigpu had never been here' },
      { flags: '--force', description: 'go on in spite of what can be overridden' },
    ],
    writes: true,
    prints: true,
    examples: [
      { line: 'pveigpu rollback 4', does: 'the host as it was desired before run 4' },
      { line: 'pveigpu rollback --all', does: 'guests, pools and host as they were' },
    ],
    load: () => import('./commands/rollback.ts'),
  },
  {
    name: 'follow',
    summary: 'show again what a command prints that goes on by itself',
    details: 'Host set-up runs in a unit of systemd, so that a closed terminal does not end it. Exit code: that of the command.',
    arguments: [{ name: 'run', description: 'the number of a run, default: the newest', optional: true }],
    examples: [{ line: 'pveigpu follow', does: 'from the beginning, until it ends' }],
    load: () => import('./commands/follow.ts'),
  },
  {
    name: 'carry-on',
    summary: 'entry point for systemd: does what was agreed on',
    arguments: [{ name: 'file', description: 'the order' }],
    hidden: true,
    examples: [{ line: 'pveigpu carry-on /run/pveigpu/apply-4.json', does: 'what pveigpu-apply-4.service does' }],
    load: () => import('./commands/carry-on.ts'),
  },
];
