// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok } from '../../core/problem.ts';
import { mayAccess } from '../access.ts';
import { type AnyRoute, route } from '../route.ts';

/** What the user who asks may do here, so that nothing else is offered. */
export function sessionRoute(version: string): AnyRoute {
  return route({
    ...{ method: 'get', path: '/session', access: 'view', kind: 'session' },
    summary: 'Who asks, and what he may do',
    answer: async (asked) => {
      const host = mayAccess('host', asked.caller, asked);
      const may = { view: true, host: host.ok, whyNotHost: host.ok ? null : host.problem.message };
      return ok({ format: 1, kind: 'session', node: asked.node, version, user: asked.caller.user, may });
    },
  });
}
