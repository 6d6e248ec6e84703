// SPDX-License-Identifier: AGPL-3.0-or-later

/** Orders kernel releases and file names as `sort --version-sort` does for them: numbers by value, the rest by letters. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one, other] = [left[at] ?? '', right[at] ?? ''];
    if (one === other) continue;
    if (/^\d/.test(one) && /^\d/.test(other)) {
      if (Number(one) !== Number(other)) return Number(one) - Number(other);
    } else return one < other ? -1 : 1;
  }
  return 0;
}

function parts(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}
