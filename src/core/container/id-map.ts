// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOn, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';

interface IdRange {
  /** First id inside the container. */
  readonly inside: number;
  readonly count: number;
}

/**
 * Whether a group id of a container exists there. PVE maps the `gid` of a `devN` from the container's ids to the host's and
 * takes an id without a map as it is, which the container then sees as nobody (pve-container LXC.pm, map_ct_id_to_host).
 */
export function isMappedGid(guest: Guest, gid: number): boolean {
  const ranges = groupRanges(guest);
  return ranges === undefined || ranges.some(({ inside, count }) => gid >= inside && gid < inside + count);
}

/** The mapped group ids, undefined when all are as on the host. */
function groupRanges(guest: Guest): readonly IdRange[] | undefined {
  const current = guest.sections.find(({ name, snapshot }) => name === 'current' && snapshot !== true);
  const lines = (current?.lxc ?? []).filter(({ key }) => key === 'lxc.idmap');
  if (lines.length > 0) {
    return lines.flatMap(({ value }) => {
      const match = /^g\s+(\d+)\s+\d+\s+(\d+)\s*$/.exec(value);
      return match === null ? [] : [{ inside: Number(match[1]), count: Number(match[2]) }];
    });
  }
  // What PVE gives to an unprivileged container without lines of its own (LXC.pm, parse_id_maps).
  return isOn(nextConfig(guest).unprivileged) ? [{ inside: 0, count: 65_536 }] : undefined;
}
