// SPDX-License-Identifier: AGPL-3.0-or-later
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openapiOf } from '../../src/service/openapi/openapi.ts';
import { routeTable } from '../../src/service/routes/table.ts';
import { createService } from '../../src/service/service.ts';
import type { Simulated } from '../app/simulated.ts';

/** A user with privileges by path. */
export type User = { readonly user: string; readonly privileges: { readonly [path: string]: readonly string[] } };

export const ROOT: User = {
  user: 'root@pam',
  privileges: {
    '/nodes/pve': ['Sys.Audit', 'Sys.Modify'],
    '/vms/101': ['VM.Audit', 'VM.Config.HWType', 'VM.GuestAgent.Unrestricted'],
  },
};
export const ADMIN: User = { ...ROOT, user: 'admin@pve' };
export const AUDITOR: User = { user: 'eve@pve', privileges: { '/nodes/pve': ['Sys.Audit'] } };
export const VM_USER: User = {
  user: 'alice@pve',
  privileges: { '/nodes/pve': ['Sys.Audit'], '/vms/101': ['VM.Audit', 'VM.Config.HWType'] },
};
export const NOBODY: User = { user: 'mallory@pve', privileges: {} };

/** What the service answered. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the other side
  readonly body: any;
}

export const ROUTES = routeTable('1.2.3');

/** The service over a simulated node, on a port of loopback until `close`. */
export class Running {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** On a socket in the file system, where `path` names one. */
  static async over(machine: Simulated, path?: string): Promise<Running> {
    const parts = { context: machine.context, node: 'pve', routes: ROUTES, openapi: openapiOf(ROUTES, '1.2.3') };
    const server = createServer(createService(parts));
    const where = path === undefined ? { port: 0, host: '127.0.0.1' } : { path };
    await new Promise<void>((resolve) => server.listen(where, resolve));
    return new Running(server);
  }

  async ask(method: 'GET' | 'POST', path: string, who: User | null, body?: unknown): Promise<Answered> {
    const { port } = this.#server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/v1${path}`, {
      method,
      headers: {
        ...(who === null ? {} : { 'x-pveigpu-user': who.user, 'x-pveigpu-privileges': JSON.stringify(who.privileges) }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, type: response.headers.get('content-type') ?? '', body: await response.json() };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
