// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { handlerOf } from './api-routes.ts';
import { findRoute, type Method, parameterRule } from './api-schema.ts';
import { checkParameters, type Parameters } from './getopt.ts';
import { checkNode } from './mapping-api.ts';
import { Die } from './perl-die.ts';
import { Session, type Task } from './session.ts';
import { type ApiUser, checkCall, checkKeys, ROOT_USER } from './user-rights.ts';

/** What PVE's HTTP API answers. */
export interface ApiAnswer {
  readonly status: number;
  readonly reason: string;
  readonly data: unknown;
  readonly message?: string;
  readonly errors?: { readonly [parameter: string]: string };
  readonly task?: Task;
}

/** Makes a call through the API, as root unless a user is given: he may what PVE lets him. */
export async function apiCall(
  machine: Machine,
  method: Method,
  path: string,
  parameters: { readonly [name: string]: string } = {},
  user: ApiUser = ROOT_USER,
): Promise<ApiAnswer> {
  const [bare = '', query = ''] = path.split('?');
  const session = new Session(machine, 'api');
  const found = findRoute(method, bare);
  const handler = found === undefined ? undefined : handlerOf(found.route);
  if (found === undefined || handler === undefined) {
    const reason = `Method '${method} ${bare}' not implemented`;
    return { ...failed(501, reason), message: reason };
  }
  const all: Parameters = new Map([...found.values, ...pairs(query), ...Object.entries(parameters)]);
  try {
    const node = found.values.get('node');
    if (node !== undefined) checkNode(machine, node);
    checkParameters({ rule: (name) => parameterRule(found.route, name) }, all);
    checkCall(user, found.route, all);
    const guest = /\/(qemu|lxc)\/\{vmid\}\/config$/.exec(found.route.template)?.[1];
    if (guest !== undefined && method !== 'GET') checkKeys(machine, user, guest === 'qemu' ? 'qemu' : 'lxc', all);
    const data = onlySeen(user, found.route.template, await handler(session, all));
    const [task] = session.tasks;
    return { status: 200, reason: 'OK', data, ...(task === undefined ? {} : { task }) };
  } catch (error) {
    if (!(error instanceof Die)) throw error;
    const answer = failed(error.httpStatus, error.text.trimEnd());
    return error.parameters === undefined ? answer : { ...answer, errors: error.parameters };
  }
}

/** Lists of guests are open to all and hold what the user may see (qemu-server API2/Qemu.pm, pve-container API2/LXC.pm, `vmlist`). */
function onlySeen(user: ApiUser, template: string, data: unknown): unknown {
  if (!/^\/nodes\/\{node\}\/(?:qemu|lxc)$/.test(template) || !Array.isArray(data)) return data;
  return data.filter((one: { readonly vmid: unknown }) => user.has(`/vms/${one.vmid}`, 'VM.Audit'));
}

function pairs(query: string): [string, string][] {
  const parts = query.split('&').filter((part) => part !== '');
  return parts.map((part) => [
    decodeURIComponent(part.split('=')[0] ?? ''),
    decodeURIComponent(part.slice(part.indexOf('=') + 1)),
  ]);
}

function failed(status: number, reason: string): ApiAnswer {
  return { status, reason, data: null, message: `${reason}\n` };
}
