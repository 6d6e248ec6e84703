// SPDX-License-Identifier: AGPL-3.0-or-later

/** Files that are ours by where they lie. */
const OWN_FILE = /(?<![\w./-])\/(?:var\/lib|usr\/lib|usr\/share|etc|run)\/pveigpu\/[^\s,;"'\\]+/g;

/** Where dpkg takes every file away when the package goes. */
const SHIPPED = /^\/usr\/(?:lib|share)\/pveigpu\//;

/** The files of ours that a guest's configuration names, in `args` or elsewhere, sorted; its description and comments do not count. */
export function ownFilesNamed(config: string): readonly string[] {
  const lines = config.split('\n').filter((line) => !line.startsWith('#'));
  return [...new Set(lines.flatMap((line) => line.match(OWN_FILE) ?? []))].sort();
}

/** Whether a file goes with the package, whoever needs it. */
export function goesWithPackage(path: string): boolean {
  return SHIPPED.test(path);
}
