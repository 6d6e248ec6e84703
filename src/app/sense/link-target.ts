// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';

/** Links of links are followed so far; a longer chain is taken for a circle. */
const MOST_LINKS = 8;

/** Where a link leads in the end, absolute, whether something is there or not; undefined when the path is no link. */
export async function linkTarget(host: Host, path: string): Promise<string | undefined> {
  let place = path;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const link = await host.readLink(place);
    if (link.kind !== 'content') break;
    place = joined(place.slice(0, place.lastIndexOf('/')), link.value);
  }
  return place === path ? undefined : place;
}

function joined(folder: string, target: string): string {
  const parts: string[] = [];
  for (const part of (target.startsWith('/') ? target : `${folder}/${target}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
