// SPDX-License-Identifier: AGPL-3.0-or-later
import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { type Served, type ServerOptions, startServer } from '../browser/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON of the other side
type Json = any;

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

/** A browser of one persona: remembers the token. */
async function browse(options: ServerOptions = {}) {
  served = await startServer(options);
  const { address } = served;
  const session: Json = await (await fetch(`${address}/demo/session`)).json();
  const ask = async (method: string, path: string, values?: { readonly [name: string]: string }) => {
    const response = await fetch(`${address}/api2/json${path}`, {
      method,
      headers: method === 'GET' ? {} : { CSRFPreventionToken: session.token },
      ...(values === undefined ? {} : { body: new URLSearchParams(values) }),
    });
    const body: Json = await response.json();
    return { status: response.status, statusText: response.statusText, body };
  };
  const ours = async (method: string, path: string, input?: object) =>
    await ask(method, `/nodes/pve/pveigpu/${path}`, input === undefined ? undefined : { input: JSON.stringify(input) });
  const ended = async (upid: string) => {
    for (;;) {
      const { body } = await ask('GET', `/nodes/pve/tasks/${encodeURIComponent(upid)}/status`);
      if (body.data.status === 'stopped') return body.data;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { served, session, ask, ours, ended };
}

describe("the demo has PVE's URL space", () => {
  test('what the service answers is in `data`', async () => {
    const { ours, session } = await browse();
    expect(session).toMatchObject({ node: 'pve', persona: 'administrator', user: 'root@pam' });
    const { status, body } = await ours('GET', 'status');
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ kind: 'status', node: { name: 'pve' } });
  });

  test('a failure has its status, its text, and the text in the status line', async () => {
    const { ours } = await browse({ persona: 'nobody' });
    const { status, statusText, body } = await ours('GET', 'status');
    expect(status).toBe(403);
    expect(body).toEqual({ data: null, message: 'mallory@pve lacks Sys.Audit on /nodes/pve.\n' });
    expect(statusText).toContain('lacks Sys.Audit');
  });

  test('a set-up is a task whose log is what the command prints, and the node is changed', async () => {
    const { ours, ask, ended, served } = await browse({ profile: 'raptor-lake-s-untouched' });
    const { body: planned } = await ours('POST', 'plan', { mode: 'gvt-d' });
    expect(planned.data.plan.changes.length).toBeGreaterThan(0);
    const before = served.machine.node.persistentFiles();
    const { body: started } = await ours('POST', 'apply', { mode: 'gvt-d', digest: planned.data.plan.digest });
    expect(started.data).toMatch(/^UPID:pve:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:pveigpu:apply:root@pam:$/);
    const status = await ended(started.data);
    const { body: log } = await ask('GET', `/nodes/pve/tasks/${started.data}/log?start=0&limit=500`);
    expect(status, JSON.stringify(log.data)).toMatchObject({ status: 'stopped', exitstatus: 'OK' });
    expect(log.data.at(-1)).toEqual({ n: log.data.length, t: 'TASK OK' });
    expect(log.data.length).toBeGreaterThan(3);
    expect(served.machine.node.persistentFiles()).not.toEqual(before);
    const { body: history } = await ours('GET', 'history');
    expect(history.data.runs).toMatchObject([{ state: 'done', user: 'root@pam' }]);
  });
});

describe('guests are changed at PVE itself, as far as the user may', () => {
  async function withPool(options: ServerOptions) {
    const all = await browse(options);
    await all.served.type('vf create --yes');
    await all.served.type('pool create --yes');
    return all;
  }

  test('a slice from the pool', async () => {
    const { ours, ask, served } = await withPool({ persona: 'vm-user' });
    const { body: planned } = await ours('POST', 'guests/101/plan-assign', {});
    const [call] = planned.data.requests;
    const changed = await ask('POST', '/nodes/pve/qemu/101/config', { ...call.set, digest: call.digest });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    expect(served.config(101)).toContain('hostpci0: mapping=igpu-vf,pcie=1');
  });

  test.each([
    ['vm-user', 101, { hostpci0: '0000:00:02.1' }, 500, 'only root can set'],
    ['vm-user', 101, { args: '-x' }, 500, 'only root can set'],
    ['vm-user', 100, { vga: 'none' }, 403, 'Permission check failed'],
    ['auditor', 101, { vga: 'none' }, 403, 'Permission check failed'],
    ['nobody', 101, { vga: 'none' }, 403, 'Permission check failed'],
  ] as const)('%s may not write into VM %i: %j', async (persona, vmid, values, expected, words) => {
    const { ask, served } = await withPool({ persona });
    const before = served.config(vmid);
    const { status, body } = await ask('POST', `/nodes/pve/qemu/${vmid}/config`, values as never);
    expect(status).toBe(expected);
    expect(body.message).toContain(words);
    expect(served.config(vmid)).toBe(before);
  });

  test('a container is for root alone', async () => {
    const { ask } = await browse({ persona: 'vm-user' });
    expect((await ask('PUT', '/nodes/pve/lxc/200/config', { dev0: '/dev/dri/renderD128' })).status).toBe(403);
  });
});

describe('nobody else gets in', () => {
  test('no change without the token', async () => {
    const { address } = (await browse()).served;
    const response = await fetch(`${address}/api2/json/nodes/pve/qemu/101/config`, { method: 'POST', body: 'vga=none' });
    expect(response.status).toBe(401);
  });

  test('no other name than loopback', async () => {
    const { address } = (await browse()).served;
    const status = await new Promise((resolve) =>
      request(`${address}/demo/session`, { headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode)).end(),
    );
    expect(status).toBe(403);
  });
});
