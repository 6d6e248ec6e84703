// SPDX-License-Identifier: AGPL-3.0-or-later

/** Compares two Debian versions (deb-version(7)): negative, 0 or positive. */
export function compareDebianVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)];
  return x.epoch - y.epoch || compareText(x.upstream, y.upstream) || compareText(x.revision, y.revision);
}

function split(version: string): { readonly epoch: number; readonly upstream: string; readonly revision: string } {
  const [, epoch = '0', rest = ''] = /^(?:([0-9]+):)?(.*)$/.exec(version) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** The alternating comparison of non-digits and numbers in dpkg's verrevcmp. */
function compareText(a: string, b: string): number {
  let [x, y] = [a, b];
  while (x !== '' || y !== '') {
    const [wordX, wordY] = [/^[^0-9]*/.exec(x)?.[0] ?? '', /^[^0-9]*/.exec(y)?.[0] ?? ''];
    for (let at = 0; at < Math.max(wordX.length, wordY.length); at += 1) {
      const difference = order(wordX[at]) - order(wordY[at]);
      if (difference !== 0) return difference;
    }
    [x, y] = [x.slice(wordX.length), y.slice(wordY.length)];
    const [numberX, numberY] = [/^[0-9]*/.exec(x)?.[0] ?? '', /^[0-9]*/.exec(y)?.[0] ?? ''];
    const difference = Number(numberX || 0) - Number(numberY || 0);
    if (difference !== 0) return difference;
    [x, y] = [x.slice(numberX.length), y.slice(numberY.length)];
  }
  return 0;
}

/** A tilde sorts before the end, letters before everything else. */
function order(character: string | undefined): number {
  if (character === '~') return -1;
  if (character === undefined) return 0;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
