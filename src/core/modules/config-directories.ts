// SPDX-License-Identifier: AGPL-3.0-or-later

/** Where kmod looks for `*.conf`, strongest first (modprobe.d(5)). */
export const MODPROBE_DIRECTORIES: readonly string[] = [
  '/etc/modprobe.d',
  '/run/modprobe.d',
  '/usr/local/lib/modprobe.d',
  '/usr/lib/modprobe.d',
  '/lib/modprobe.d',
];

/** Where systemd looks for modules to load at boot, strongest first (modules-load.d(5)). */
export const MODULES_LOAD_DIRECTORIES: readonly string[] = [
  '/etc/modules-load.d',
  '/run/modules-load.d',
  '/usr/local/lib/modules-load.d',
  '/usr/lib/modules-load.d',
];

/**
 * The files that count: sorted by name across all directories, and a name in a stronger directory hides the same name in a
 * weaker one. `listings` has one list of names per directory, in the same order.
 */
export function activeConfigFiles(directories: readonly string[], listings: readonly (readonly string[])[]): readonly string[] {
  const byName = new Map<string, string>();
  directories.forEach((directory, index) => {
    for (const name of listings[index] ?? []) {
      if (name.endsWith('.conf') && !byName.has(name)) byName.set(name, `${directory}/${name}`);
    }
  });
  return [...byName.keys()].sort().map((name) => byName.get(name) ?? name);
}
