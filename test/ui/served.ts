// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterEach, beforeAll } from 'vitest';
import { type Fetch, type PanelApi, panelApi } from '../../ui-extension/model/api.ts';
import { type Served, type ServerOptions, startServer } from '../browser/server.ts';

// The first plan of a process loads and compiles a whole node: this takes longer than a test on a busy machine.
beforeAll(async () => {
  const one = await startServer();
  await fetch(`${one.address}/api2/json/nodes/pve/pveigpu/guests/101`);
  await one.close();
});

const open: Served[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A demo node with the panel's own way to it; closed after the test. */
export async function served(options: ServerOptions = {}): Promise<{ readonly node: Served; readonly api: PanelApi }> {
  const node = await startServer(options);
  open.push(node);
  const { token } = (await (await fetch(`${node.address}/demo/session`)).json()) as { readonly token: string };
  const send: Fetch = async (url, init) => await fetch(`${node.address}${url}`, init);
  return { node, api: panelApi({ node: 'pve', fetch: send, csrf: () => token }) };
}
