// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { Reading } from '../facts/section.ts';
import type { Remark } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { type Group, MAX_GID } from './group-file.ts';
import { isMappedGid } from './id-map.ts';
import { usualGroups } from './usual-groups.ts';

/** The group that gets a node, by its id inside the container, and what to say about it. */
export interface ChosenGroup {
  readonly gid: number;
  readonly remarks: readonly Remark[];
}

/**
 * The group for one kind of node: `--gid` for the render node, else the group of that name inside the container, else `video` where there is
 * no `render` (Alpine Linux). Where nobody could look inside, the id that its entry has (`kept`), else the usual one of the system, said to
 * be a guess.
 */
export function chooseGroup(
  guest: Guest,
  wanted: 'render' | 'video',
  given: number | undefined,
  groups: Reading<readonly Group[]>,
  kept: number | undefined,
): Result<ChosenGroup> {
  const chosen = given === undefined ? lookUp(guest, wanted, groups, kept) : ok(asGiven(guest, given, groups));
  return chosen.ok ? ok({ ...chosen.value, remarks: [...chosen.value.remarks, ...unmapped(guest, chosen.value.gid)] }) : chosen;
}

function asGiven(guest: Guest, gid: number, groups: Reading<readonly Group[]>): ChosenGroup {
  if (groups.state !== 'known') return { gid, remarks: [] };
  const owner = groups.value.find((group) => group.gid === gid)?.name;
  if (owner === 'render' || owner === 'video') return { gid, remarks: [] };
  const whose = owner === undefined ? 'no group' : `the group ${owner}`;
  const text = `In ${guestName(guest)} ${whose} has the id ${gid}.`;
  return { gid, remarks: [{ level: 'warning', id: 'container.gid-owner', text }] };
}

function lookUp(
  guest: Guest,
  wanted: 'render' | 'video',
  groups: Reading<readonly Group[]>,
  kept: number | undefined,
): Result<ChosenGroup> {
  const name = guestName(guest);
  if (groups.state !== 'known' && kept !== undefined) return ok({ gid: kept, remarks: [] });
  if (groups.state !== 'known') return guess(guest, wanted, groups.state === 'unknown' ? groups.reason : 'it has no /etc/group');
  const group = groups.value.find((one) => one.name === wanted);
  if (group !== undefined) {
    const text = `In ${name} the group ${wanted} has the id ${group.gid}.`;
    return ok({ gid: group.gid, remarks: [{ level: 'note', id: 'container.gid', text }] });
  }
  const video = groups.value.find((one) => one.name === 'video');
  if (video === undefined)
    return problem('guest.config', `${name} has no group ${wanted === 'video' ? 'video' : 'render and none called video'}.`, {
      hint: `Make it there (groupadd --system ${wanted}) and assign again, or name a group with --gid N.`,
    });
  const text = `${name} has no group render, so the node goes to its group video (id ${video.gid}).`;
  const hint = 'Programs in it need that group; as with Alpine Linux, this is usual where no render group is made.';
  return ok({ gid: video.gid, remarks: [{ level: 'note', id: 'container.no-render-group', text, hint }] });
}

/** The usual ids by PVE's own type of the container's system, which says nothing of its release. */
function guess(guest: Guest, wanted: 'render' | 'video', reason: string): Result<ChosenGroup> {
  const usual = usualGroups(nextConfig(guest).ostype);
  const named = usual.filter(({ group }) => group === wanted);
  const [first, ...others] = named.length > 0 ? named : usual;
  const look = `pct exec ${guest.vmid} -- getent group ${wanted}`;
  if (first === undefined)
    return problem('guest.needs-flag', `The id of the group ${wanted} in ${guestName(guest)} is not known: ${reason}.`, {
      hint: `Start the container and assign again, or give --gid N (${look}).`,
    });
  const more = others.map(({ gid, where }) => `, ${gid} in ${where}`).join('');
  const text = `The group id ${first.gid} is a guess, since ${reason}: ${first.group} has ${first.gid} in ${first.where}${more}.`;
  const hint = `Start the container and assign again to have it looked up, or give --gid N (${look}).`;
  return ok({ gid: first.gid, remarks: [{ level: 'warning', id: 'container.gid-guessed', text, hint }] });
}

function unmapped(guest: Guest, gid: number): readonly Remark[] {
  if (gid <= MAX_GID && isMappedGid(guest, gid)) return [];
  const text = `The group id ${gid} does not exist in ${guestName(guest)}: its id map (lxc.idmap) leaves it out, so the node would belong to nobody there.`;
  const hint = 'Put the id into the map, or choose another group with --gid N.';
  return [{ level: 'blocker', id: 'container.gid-unmapped', text, hint, overridable: true, code: 'guest.config' }];
}
