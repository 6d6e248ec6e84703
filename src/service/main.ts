// SPDX-License-Identifier: AGPL-3.0-or-later
import { createServer } from 'node:http';
import { readLocalNode } from '../app/sense/read-guest-files.ts';
import { composeLocal } from '../main/compose.ts';
import { VERSION } from '../main/version.ts';
import { endWhenIdle, IDLE_MS } from './idle.ts';
import { openapiOf } from './openapi/openapi.ts';
import { routeTable } from './routes/table.ts';
import { createService } from './service.ts';

/** systemd passes sockets from this descriptor on (sd_listen_fds(3)). */
const FIRST_SOCKET = 3;

/** journald reads `<N>` as the level (sd-daemon(3)). */
const log = {
  info: (line: string) => console.log(`<6>${line}`),
  warn: (line: string) => console.log(`<4>${line}`),
};

/** The service that systemd starts with its socket. */
async function main(): Promise<void> {
  if (process.env.LISTEN_PID !== String(process.pid) || process.env.LISTEN_FDS !== '1') {
    console.error('pveigpu.service is started by pveigpu.socket of systemd, which hands its socket over.');
    process.exitCode = 2;
    return;
  }
  const context = await composeLocal({ root: '/', log });
  const node = await readLocalNode(context.host);
  const routes = routeTable(VERSION);
  const server = createServer(createService({ context, node, routes, openapi: openapiOf(routes, VERSION) }));
  const end = () => {
    server.close();
    server.closeIdleConnections();
  };
  // whoever keeps his connection open asks again within a minute: then it must not be closed under him
  server.keepAliveTimeout = 65_000;
  endWhenIdle(server, end, idleMs());
  process.once('SIGTERM', end);
  server.listen({ fd: FIRST_SOCKET });
}

/** `--idle SECONDS` goes before the usual time. */
function idleMs(): number {
  const at = process.argv.indexOf('--idle');
  const seconds = at < 0 ? Number.NaN : Number(process.argv[at + 1]);
  return seconds > 0 ? seconds * 1000 : IDLE_MS;
}

await main();
