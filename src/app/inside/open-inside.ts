// SPDX-License-Identifier: AGPL-3.0-or-later
import { findGuest } from '../../core/assign/find-guest.ts';
import { guestName } from '../../core/assign/guest-keys.ts';
import type { Guest } from '../../core/facts/guest-facts.ts';
import { lookupGpu } from '../../core/gpu/catalogue.ts';
import { namedDistribution } from '../../core/inside/distributions.ts';
import { containerDistribution, type InsideCase, type LinuxInside, systemOf } from '../../core/inside/inside-case.ts';
import { insideSlice } from '../../core/inside/inside-slice.ts';
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { readLedger } from '../engine/state-files.ts';
import { senseForPlan } from '../guest-ground.ts';
import { lookInside } from './look-inside.ts';

/** What the person typed about a guest. */
export interface InsideRequest {
  readonly vmid: number;
  /** A distribution, `debian` or `debian:12`, for a guest that cannot be asked. */
  readonly os?: string;
  /** The guest's kernel release, for a guest that cannot be asked, or for one that it shall get. */
  readonly kernel?: string;
  readonly user?: string;
  readonly sha256?: string;
  /** False leaves the guest alone: nothing is asked of it. */
  readonly asks?: boolean;
}

/** A guest with its slice, and why it could not be looked into, where it could not. */
export interface OpenedGuest {
  readonly inside: InsideCase;
  readonly unseen?: Problem;
}

/** Reads a guest, its slice, and, where it answers, what runs inside it. Nothing is changed. */
export async function openInside(context: Context, request: InsideRequest): Promise<Result<OpenedGuest>> {
  const typed = typedLinux(request);
  if (!typed.ok) return typed;
  const ledger = await readLedger(context.host);
  if (!ledger.ok) return ledger;
  const facts = await senseForPlan(context);
  const found = findGuest(facts, request.vmid);
  if (!found.ok) return found;
  const guest = found.value;
  const slice = insideSlice(guest, facts, ledger.value);
  if (slice === undefined)
    return problem('guest.not-assigned', `${guestName(guest)} has no slice of an Intel GPU.`, {
      hint: `Give it one first: pveigpu assign ${guest.vmid}`,
    });
  const entry = lookupGpu(slice.device);
  if (entry === undefined)
    return problem(
      'gpu.unknown',
      `The GPU 8086:${slice.device} is not in the catalogue, so what a guest needs for it is not known.`,
    );
  const system = systemOf(guest);
  const seen: Result<LinuxInside> = system === 'linux' && request.asks !== false ? await look(context, guest) : ok({});
  const known = containerDistribution(guest);
  const { user, sha256 } = request;
  const inside: InsideCase = {
    guest,
    system,
    slice,
    entry,
    linux: { ...(known === undefined ? {} : { known }), ...(seen.ok ? seenUnless(typed.value, seen.value) : {}), ...typed.value },
    ...(user === undefined ? {} : { user }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
  return ok({ inside, ...(seen.ok ? {} : { unseen: seen.problem }) });
}

/** What was seen in a guest; another system that the person names has other sources and another name. */
function seenUnless({ known }: LinuxInside, seen: LinuxInside): LinuxInside {
  if (known === undefined) return seen;
  const { kernel, modprobe } = seen;
  return { ...(kernel === undefined ? {} : { kernel }), ...(modprobe === undefined ? {} : { modprobe }) };
}

async function look({ host }: Context, guest: Guest): Promise<Result<LinuxInside>> {
  if (!host.abilities.run)
    return problem('host.unsupported', `Nothing runs on ${host.label}, so the guest cannot be looked into.`);
  if (guest.running.state === 'known' && !guest.running.value)
    return problem('guest.not-running', `${guestName(guest)} does not run, so it cannot be looked into.`, {
      hint: 'Start it, or name its system with --os and --kernel.',
    });
  return await lookInside(host, guest);
}

function typedLinux({ os, kernel, user, sha256 }: InsideRequest): Result<LinuxInside> {
  const known = os === undefined ? undefined : namedDistribution(os);
  if (os !== undefined && known === undefined)
    return problem('usage', `"${os}" is no system that is known.`, {
      hint: 'Use debian, ubuntu, fedora, arch or alpine, with a version as in debian:12.',
    });
  if (kernel !== undefined && !/^\d+\.\d+[\w.+~-]*$/.test(kernel))
    return problem('usage', `"${kernel}" is no kernel release.`, {
      hint: 'Give what uname -r prints in the guest, for example 6.12.57+deb13-amd64.',
    });
  if (user !== undefined && !/^[a-z_][a-z0-9_.-]{0,31}\$?$/i.test(user))
    return problem('usage', `"${user}" is no name of a user.`);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256))
    return problem('usage', `"${sha256}" is no SHA-256.`, { hint: 'It has 64 hex digits.' });
  return ok({ ...(known === undefined ? {} : { known }), ...(kernel === undefined ? {} : { kernel }) });
}
