// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CommandSpec, OptionSpec } from './command.ts';

/** Options that every command takes. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { flags: '--host <machine>', description: 'local, capture:FILE or sim:PROFILE (default: local)' },
  {
    flags: '--root <dir>',
    description: 'a directory instead of /: files only, commands are shown and not run',
    complete: 'file',
  },
];

const JSON_OPTION: OptionSpec = { flags: '--json', description: 'print one JSON value (docs/json.md)' };

const WRITE_OPTIONS: readonly OptionSpec[] = [
  { flags: '--dry-run', description: 'show what would change, change nothing' },
  { flags: '-y, --yes', description: 'do not ask' },
  {
    flags: '--expect <digest>',
    description: 'only when the plan is still the one with this digest (--json shows it)',
    complete: 'none',
  },
];

/** The options of a command without the general ones: its own, then those that follow from what it does. */
export function effectiveOptions(spec: CommandSpec): readonly OptionSpec[] {
  return [
    ...(spec.options ?? []),
    ...(spec.prints === true ? [JSON_OPTION] : []),
    ...(spec.writes === true ? WRITE_OPTIONS : []),
  ];
}
