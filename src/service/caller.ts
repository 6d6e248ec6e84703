// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import { problem, type Result } from '../core/problem.ts';

/** The user on whose behalf a request comes, as PVE has authenticated him. */
export interface Caller {
  /** `root@pam`, or a token such as `alice@pve!backup`. */
  readonly user: string;
  /** Names of privileges by ACL path, such as `/nodes/pve` and `/vms/101`. */
  readonly privileges: { readonly [path: string]: readonly string[] };
}

/** Header with the user's name, set by the bridge in PVE's API daemon. */
export const USER_HEADER = 'x-pveigpu-user';
/** Header with a JSON object: privileges by ACL path. */
export const PRIVILEGES_HEADER = 'x-pveigpu-privileges';

// pve-access-control, PVE::Auth::Plugin: user and realm, and what follows `!` is the name of a token.
const USER = /^[^\s:/!]{1,64}@[A-Za-z][A-Za-z0-9.\-_]{1,31}(![A-Za-z][A-Za-z0-9.\-_]{1,63})?$/;
const privileges = z.record(
  z.string().check(z.regex(/^\/[A-Za-z0-9./_-]{0,200}$/)),
  z.array(z.string().check(z.regex(/^[A-Za-z]+(\.[A-Za-z]+){1,3}$/))),
);

/** Reads who asks from the headers. Whoever does not come through the bridge names nobody, and gets nothing. */
export function readCaller(headers: { readonly [name: string]: string | readonly string[] | undefined }): Result<Caller> {
  const user = headers[USER_HEADER];
  const text = headers[PRIVILEGES_HEADER];
  if (typeof user !== 'string' || !USER.test(user)) return refused('names no user');
  if (typeof text !== 'string') return refused('names no privileges');
  const parsed = privileges.safeParse(parseJson(text));
  return parsed.success ? { ok: true, value: { user, privileges: parsed.data } } : refused('has privileges that cannot be read');
}

function refused(why: string): Result<never> {
  return problem('access.unknown-user', `The request ${why}.`, { hint: "Requests come through PVE's own API, port 8006." });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
