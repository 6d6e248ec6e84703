// SPDX-License-Identifier: AGPL-3.0-or-later
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ApiError, type Fetch, type PanelApi, panelApi } from '../../ui-extension/model/api.ts';
import { failureOf } from '../../ui-extension/model/failure.ts';
import { followTask } from '../../ui-extension/model/task.ts';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import type { GuestValue, Planned, Session } from '../../ui-extension/model/values.ts';
import { served } from './served.ts';

async function failed(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApiError) return error;
  throw new Error(`it does not fail: ${String(error)}`);
}

describe('the API over a demo node', () => {
  test('a view, a plan, its task with log, and what it changed', async () => {
    const { node, api } = await served({ profile: 'raptor-lake-s-untouched' });
    expect(await api.get<Session>('session')).toMatchObject({ node: 'pve', user: 'root@pam', may: { host: true } });
    const input = { gpu: '0000:00:02.0', mode: 'sriov', vfs: 3 };
    const planned = await api.post<Planned>('plan', input);
    expect(planned.plan.changes.length).toBeGreaterThan(3);
    expect(planned.requests).toBeNull();

    const lines: string[] = [];
    const upid = await api.start('apply', { ...input, digest: planned.plan.digest });
    const end = await followTask(api, upid, {
      onLine: (line) => void lines.push(line),
      wait: async () => await new Promise((resolve) => setTimeout(resolve, 20)),
    });
    expect(end).toEqual({ ok: true, exitStatus: 'OK' });
    expect(lines.filter((line) => line.startsWith('step ')).length).toBe(planned.plan.changes.length);
    expect(node.machine.node.machine.tree.text('/etc/modprobe.d/pveigpu.conf')).toContain('force_probe');
  });

  test('a plan that has become another is refused, and says so', async () => {
    const { api } = await served();
    const error = await failed(api.start('apply', { mode: 'sriov', digest: 'a'.repeat(64) }));
    expect(error.status).toBe(409);
    expect(error.message).not.toBe('');
  });

  test('a guest is changed at PVE itself, values with equals signs and semicolons arrive whole', async () => {
    const { node, api } = await served();
    await node.type('vf create 2 --yes');
    const before = node.config(101);
    await api.changeGuest({
      kind: 'qemu',
      vmid: 101,
      digest: await digestOf(api, 101),
      set: { args: '-global a=b,c=d;e&f +%20' },
      delete: ['cores'],
      rootOnly: [],
      mappings: [],
    });
    expect(before).toMatch(/^cores: /m);
    expect(node.config(101)).not.toMatch(/^cores: /m);
    expect(node.config(101)).toContain('\nargs: -global a=b,c=d;e&f +%20\n');
  });

  test('a digest of before is refused by PVE', async () => {
    const { node, api } = await served();
    const before = node.config(101);
    const error = await failed(
      api.changeGuest({
        kind: 'qemu',
        vmid: 101,
        digest: '0'.repeat(40),
        set: { cores: '2' },
        delete: [],
        rootOnly: [],
        mappings: [],
      }),
    );
    expect(error.message).toMatch(/checksum mismatch/);
    expect(node.config(101)).toBe(before);
  });

  test('who has no rights gets the state for it, in his language', async () => {
    const { api } = await served({ persona: 'nobody' });
    const failure = failureOf(await failed(api.get('status')), sayIn('de'));
    expect(failure).toMatchObject({ kind: 'no-permission', title: 'Keine Berechtigung' });
    expect(failure.text).toMatch(/Permission check failed|Sys\.Audit/);
  });

  test('an auditor looks and may not plan', async () => {
    const { api } = await served({ persona: 'auditor' });
    expect(await api.get<Session>('session')).toMatchObject({ may: { view: true, host: false } });
    expect((await failed(api.post('plan', { mode: 'sriov' }))).status).toBe(403);
    expect((await failed(api.get<GuestValue>('guests/101'))).status).toBe(403);
  });
});

async function digestOf(api: PanelApi, vmid: number): Promise<string> {
  return (await api.pve<{ readonly digest: string }>(`qemu/${vmid}/config`)).digest;
}

/** An answer as it comes over the wire. */
function answering(status: number, body: string, statusText = ''): PanelApi {
  const answer = { ok: status < 400, status, statusText, text: async () => body };
  return panelApi({ node: 'a/b', fetch: async () => answer, csrf: () => undefined });
}

describe('failures on the way', () => {
  const say = sayIn('en');
  const kindOf = async (status: number, body: string, statusText = '') =>
    failureOf(await failed(answering(status, body, statusText).get('status')), say);

  test('each has its own state', async () => {
    expect(await kindOf(503, '{"data":null,"message":"pveigpu.service cannot be reached"}')).toMatchObject({
      kind: 'no-service',
    });
    expect(await kindOf(501, '{"data":null}', 'Method not implemented')).toMatchObject({
      kind: 'no-service',
      text: 'Method not implemented',
    });
    expect(await kindOf(401, 'no json', 'invalid ticket')).toMatchObject({ kind: 'signed-out', text: 'invalid ticket' });
    expect(await kindOf(595, '', 'Connection refused')).toMatchObject({ kind: 'unreachable' });
    expect(await kindOf(400, '{"errors":{"vmid":"is wrong"},"message":"Parameter verification failed.\\n"}')).toMatchObject({
      kind: 'failed',
      text: 'Parameter verification failed. vmid: is wrong',
      hint: null,
    });
    expect(await kindOf(200, '<html>')).toMatchObject({ kind: 'failed', text: 'The answer is no JSON.' });
  });

  test('nothing that answers', async () => {
    const api = panelApi({
      node: 'pve',
      fetch: async () => await Promise.reject(new TypeError('Failed to fetch')),
      csrf: () => 'x',
    });
    expect(failureOf(await failed(api.get('status')), say)).toMatchObject({ kind: 'unreachable', text: 'Failed to fetch' });
  });
});

describe('what is sent', () => {
  test('every value comes back from the form as it was given', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (value, node) => {
        let sent: { url: string; body: string; token: string | undefined } | undefined;
        const fetch: Fetch = async (url, { body = '', headers }) => {
          sent = { url, body, token: headers.CSRFPreventionToken };
          return { ok: true, status: 200, statusText: 'OK', text: async () => '{"data":null}' };
        };
        const api = panelApi({ node, fetch, csrf: () => 'token' });
        await api.changeGuest({
          kind: 'lxc',
          vmid: 200,
          digest: 'd',
          set: { dev0: value },
          delete: ['dev1', 'dev2'],
          rootOnly: [],
          mappings: [],
        });
        expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({ dev0: value, digest: 'd', delete: 'dev1,dev2' });
        expect(sent?.body).not.toContain(';');
        expect(sent?.body.split('&').map((pair) => pair.split('=').length)).toEqual([2, 2, 2]);
        expect(sent?.token).toBe('token');
        expect(sent?.url.split('/').length).toBe(8);
      }),
    );
  });

  test('a look needs no token', async () => {
    let headers: Record<string, string> | undefined;
    const fetch: Fetch = async (_url, init) => {
      headers = init.headers;
      return { ok: true, status: 200, statusText: 'OK', text: async () => '{"data":{}}' };
    };
    await panelApi({ node: 'pve', fetch, csrf: () => 'token' }).get('findings', { deep: '1' });
    expect(headers).toEqual({});
  });
});
