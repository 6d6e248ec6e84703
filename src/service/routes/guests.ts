// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { readGuestView } from '../../app/guest-view.ts';
import { type OpenedGuest, openInside } from '../../app/inside/open-inside.ts';
import { verifyInside } from '../../app/inside/verify-inside.ts';
import { needsView } from '../../core/inside/needs-view.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { mayAccess } from '../access.ts';
import { type AnyRoute, type Asked, route } from '../route.ts';

/** One guest: what it has and could have, and what it says of itself when it is asked. */
export const GUESTS: readonly AnyRoute[] = [
  route({
    ...{ method: 'get', path: '/guests/{vmid}', access: 'guest', kind: 'guest-view' },
    summary: 'What a guest has, what it could have and whether you can give it, and what it still needs',
    answer: async (asked) => {
      const { vmid, caller, context } = asked;
      if (vmid === undefined) return NO_GUEST;
      const [host, inside] = [mayAccess('host-guest', caller, asked), mayAccess('inside', caller, asked)];
      const user = {
        user: caller.user,
        has: (path: string, privilege: string) =>
          Object.hasOwn(caller.privileges, path) && caller.privileges[path]?.includes(privilege) === true,
        whyNotHost: host.ok ? null : host.problem.message,
      };
      const view = await readGuestView(context, { vmid, user }, { hookStub });
      if (!view.ok) return view;
      const may = { inside: inside.ok, whyNotInside: inside.ok ? null : inside.problem.message };
      return ok({ kind: 'guest-view', ...view.value, may });
    },
  }),
  route({
    ...{ method: 'post', path: '/guests/{vmid}/needs', access: 'inside', kind: 'guest-needs' },
    summary: 'Looks into a guest and says what it still needs',
    answer: async (asked) => {
      const opened = await open(asked);
      if (!opened.ok) return opened;
      return ok({ kind: 'guest-needs', ...needsView(opened.value.inside, opened.value.unseen?.message) });
    },
  }),
  route({
    ...{ method: 'post', path: '/guests/{vmid}/verify', access: 'inside', kind: 'guest-verify' },
    summary: 'Looks whether the slice works inside a guest',
    answer: async (asked) => {
      const opened = await open(asked);
      const verified = opened.ok ? await verifyInside(asked.context, opened.value) : opened;
      return verified.ok ? ok({ kind: 'guest-verify', ...verified.value }) : verified;
    },
  }),
];

const NO_GUEST = problem('guest.unknown', 'The path names no guest.');

async function open({ context, vmid }: Asked): Promise<Result<OpenedGuest>> {
  return vmid === undefined ? NO_GUEST : await openInside(context, { vmid });
}
