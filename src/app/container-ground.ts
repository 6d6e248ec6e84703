// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AssignRequest, GuestGround } from '../core/assign/assign-request.ts';
import { ownGuests } from '../core/assign/assignments.ts';
import type { ContainerFile } from '../core/container/convert-lines.ts';
import type { Group } from '../core/container/group-file.ts';
import type { Guest } from '../core/facts/guest-facts.ts';
import type { Reading } from '../core/facts/section.ts';
import { configDigest } from '../core/guest/digest.ts';
import { fromBase64 } from '../core/plan/file-image.ts';
import type { Host } from '../ports/host.ts';
import { groupsInside } from './container-inside.ts';
import { readImage } from './engine/read-image.ts';
import { readGuestConfig } from './sense/read-guest-files.ts';

/** The container that is asked about, or undefined when the guest is a VM or not there. */
export function containerOf(ground: GuestGround, vmid: number): Guest | undefined {
  return ownGuests(ground.facts).find((guest) => guest.vmid === vmid && guest.kind === 'lxc');
}

/** The request as a container's planner takes it: `--convert` means its raw lines, and settings for VMs do not count. */
export function containerRequest({ whole, ...request }: AssignRequest): AssignRequest {
  const { convert: _raw, ...others } = whole ?? {};
  return Object.keys(others).length === 0 ? request : { ...request, whole: others };
}

/** Adds what a plan needs to know of the inside of a container, and its file where raw lines are to be replaced. */
export async function withContainer(
  host: Host,
  ground: GuestGround,
  guest: Guest,
  request: AssignRequest,
  looked: Reading<readonly Group[]> | undefined,
): Promise<GuestGround> {
  const groups = looked ?? (await groupsInside(host, guest));
  const file = request.share?.convert === true ? await containerFile(host, guest.vmid, ground.digest) : undefined;
  return { ...ground, groups, ...(file === undefined ? {} : { containerFile: file }) };
}

/** The file as it was when its digest was taken; undefined when it has changed since or cannot be read. */
export async function containerFile(host: Host, vmid: number, digest: string): Promise<ContainerFile | undefined> {
  const config = await readGuestConfig(host, vmid);
  if (!config.ok) return undefined;
  const { path } = config.value;
  const image = await readImage(host, path);
  if (!image.ok || image.value.kind !== 'file' || configDigest(fromBase64(image.value.base64)) !== digest) return undefined;
  return { path, image: image.value };
}
