// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Server } from 'node:http';

/** How long a service waits for its next request, milliseconds (design: gone after 5 idle minutes). */
export const IDLE_MS = 5 * 60_000;

/**
 * Calls `end` once nothing was asked for `idleMs` and nothing is being answered. systemd holds the socket, so what comes later
 * starts the service again.
 */
export function endWhenIdle(server: Server, end: () => void, idleMs: number): void {
  let open = 0;
  let timer = setTimeout(end, idleMs);
  server.on('request', (_request, response) => {
    open += 1;
    clearTimeout(timer);
    response.once('close', () => {
      open -= 1;
      if (open > 0) return;
      clearTimeout(timer);
      timer = setTimeout(end, idleMs);
    });
  });
  server.once('close', () => clearTimeout(timer));
}
