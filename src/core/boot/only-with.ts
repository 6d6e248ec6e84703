// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * The line that keeps a unit of a set-up silent where the program is gone: the set-up outlives a package that was removed, and
 * without it systemd would call a failed start what is none, and try it again for ever.
 */
export function onlyWith(program: string): string {
  return `ConditionFileIsExecutable=${program}`;
}
