// SPDX-License-Identifier: AGPL-3.0-or-later

/** Orders kernel releases as numbers between text, so that `6.8.12-9-pve` comes before `6.8.12-10-pve` and `6.17`. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one = '', other = ''] = [left[at], right[at]];
    if (one === other) continue;
    const numbers = /^\d+$/.test(one) && /^\d+$/.test(other);
    const order = numbers ? one.length - other.length || (one < other ? -1 : 1) : one < other ? -1 : 1;
    return order;
  }
  return 0;
}

function partsOf(release: string): readonly string[] {
  return (release.match(/\d+|\D+/g) ?? []).map((part) => part.replace(/^0+(?=\d)/, ''));
}
