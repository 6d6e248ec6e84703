// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize, resolve } from 'node:path';
import type { BrowserContext, Route } from 'playwright-core';
import { type Shell, shellPage } from './page.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Where pveproxy has them (PVE::Service::pveproxy, `dirs`), and where they are here. */
const FOLDERS: readonly (readonly [string, string])[] = [
  ['/pve2/js/pveigpu.js', join(ROOT, 'dist/www/pveigpu.js')],
  ['/pve2/ext6/', join(ROOT, '.cache/extjs/build')],
  ['/pve2/js/', import.meta.dirname],
  ['/pve2/css/', import.meta.dirname],
];
const TYPES: Record<string, string> = {
  ...{ '.js': 'text/javascript', '.css': 'text/css', '.gif': 'image/gif', '.png': 'image/png', '.svg': 'image/svg+xml' },
  ...{ '.woff': 'font/woff', '.woff2': 'font/woff2', '.ttf': 'font/ttf', '.eot': 'application/vnd.ms-fontobject' },
};

/** The path of PVE's page on the server whose API it uses. */
export const SHELL_PATH = '/pve.html';

/**
 * Puts the stand-in of PVE's interface before a server that speaks PVE's API: the browser gets page, library and theme from here, everything below
 * `/api2` from there.
 */
export async function serveShell(context: BrowserContext, shell: Shell): Promise<void> {
  await context.route(`**${SHELL_PATH}`, (route) => route.fulfill({ contentType: 'text/html', body: shellPage(shell) }));
  await context.route('**/pve2/**', async (route) => await file(route));
}

async function file(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url());
  const folder = FOLDERS.find(([prefix]) => pathname.startsWith(prefix));
  const path = folder === undefined ? undefined : normalize(join(folder[1], pathname.slice(folder[0].length)));
  if (path === undefined || !existsSync(path)) return await route.fulfill({ status: 404, body: '' });
  await route.fulfill({ contentType: TYPES[extname(path)] ?? 'application/octet-stream', body: readFileSync(path) });
}
