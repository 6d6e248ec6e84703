// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionArgs } from '../../../core/plan/action.ts';
import { changeTowards, effectiveValue, type GuestKeys, hasPending, sameValue } from '../../../core/plan/guest-keys.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { EngineContext, Executor } from '../executor.ts';
import { guestName, readGuestFile } from '../guest-file.ts';

type Args = ActionArgs['setGuestConfig'];

/** Changes a guest in one call of PVE, which refuses when the file has another digest by then. */
export const setGuestConfig: Executor<'setGuestConfig'> = {
  needsDeviceLock: false,
  checkTells: true,
  async check({ host }, args) {
    const file = await readGuestFile(host, args.kind, args.vmid);
    if (!file.ok) return file;
    const { keys, digest } = file.value;
    if (isReached(keys, args)) return ok('already');
    const asPlanned = args.digest === '' ? isOurs(keys, args) : digest === args.digest;
    if (asPlanned) return ok('ready');
    return problem('plan.drift', `The configuration of ${guestName(args.kind, args.vmid)} has changed since the plan was made.`, {
      hint: 'Look at the change and plan again.',
    });
  },
  async execute(context, args) {
    const { host, pve } = context;
    const { kind, vmid } = args;
    if (args.digest !== '') {
      const { set, remove, revert, digest } = args;
      return await unlessWritten(context, args, await pve.changeGuest({ kind, vmid, set, remove, revert, digest }));
    }
    const file = await readGuestFile(host, kind, vmid);
    if (!file.ok) return file;
    const change = { kind, vmid, ...changeTowards(file.value.keys, targets(args)), digest: file.value.digest };
    return await unlessWritten(context, args, await pve.changeGuest(change));
  },
};

/**
 * After it has written a container's file, PVE makes the one for LXC and fails when any device of it is not there (pve-container
 * API2/LXC/Config.pm): then the change is done, and what PVE said is about something else.
 */
async function unlessWritten({ host, log }: EngineContext, args: Args, changed: Result<void>): Promise<Result<void>> {
  if (changed.ok || args.kind !== 'lxc' || changed.problem.code !== 'pve.refused') return changed;
  const file = await readGuestFile(host, args.kind, args.vmid);
  if (!file.ok || !isReached(file.value.keys, args)) return changed;
  log.warn(`${guestName(args.kind, args.vmid)} is changed, but it cannot start so: ${changed.problem.message}`);
  return ok(undefined);
}

/** The value that each key shall have, where the arguments say it; a reverted key gets what its file says. */
function targets({ set, remove }: Args): { readonly [key: string]: string | null } {
  return { ...set, ...Object.fromEntries(remove.map((key) => [key, null])) };
}

function isReached(keys: GuestKeys, args: Args): boolean {
  const reached = Object.entries(targets(args)).every(([key, value]) => sameValue(key, effectiveValue(keys, key), value));
  return reached && args.revert.every((key) => !hasPending(keys, key));
}

/**
 * For an inverse: each touched key still has what we gave it, or has its old value again (PVE writes key by key, so a
 * power cut can leave both kinds). Keys of others may have changed; that is none of our business.
 */
function isOurs(keys: GuestKeys, args: Args): boolean {
  const wanted = targets(args);
  return Object.entries(args.before).every(([key, value]) => {
    const now = effectiveValue(keys, key);
    return sameValue(key, now, value) || sameValue(key, now, wanted[key] ?? null);
  });
}
