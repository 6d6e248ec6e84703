// SPDX-License-Identifier: AGPL-3.0-or-later

/** The relative link text from a directory to a path, as sysfs stores its links. */
export function relativeLink(fromDirectory: string, to: string): string {
  const from = fromDirectory.split('/').filter((part) => part !== '');
  const target = to.split('/').filter((part) => part !== '');
  let common = 0;
  while (common < from.length && common < target.length && from[common] === target[common]) common += 1;
  return [...from.slice(common).map(() => '..'), ...target.slice(common)].join('/');
}
