// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { simulated } from '../app/simulated.ts';
import { ROOT, ROUTES, Running, type User, VM_USER } from '../service/asked.ts';

const PLUGIN = new URL('../../pve-hooks/PveigpuPlugin.pm', import.meta.url).pathname;
const STAND_INS = new URL('perl', import.meta.url).pathname;
const API = 'PVE::API2::Pveigpu';

interface Loaded {
  readonly methods: {
    readonly [owner: string]: {
      readonly [method: string]: {
        readonly permissions?: { readonly check: unknown };
        readonly proxyto?: string;
        readonly protected?: number;
        readonly subclass?: string;
      };
    };
  };
  readonly types: readonly string[];
  readonly warnings: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: JSON of the other side
  readonly answer: any;
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pveigpu-bridge-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function load(
  options: { file?: string; call?: readonly [string, string, object]; user?: User; path?: string } = {},
): Promise<Loaded> {
  const { file = PLUGIN, call, user = ROOT } = options;
  const [method, path, param] = call ?? [];
  const argv = ['-I', STAND_INS, join(STAND_INS, 'load.pl'), file, join(folder, 'api.sock')];
  const more = method === undefined || path === undefined ? [] : [method, path, JSON.stringify(param)];
  const child = spawn('perl', [...argv, ...more], {
    env: { PATH: options.path ?? process.env.PATH, TEST_USER: user.user, TEST_PRIVILEGES: JSON.stringify(user.privileges) },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data) => {
    out += String(data);
  });
  child.stderr.on('data', (data) => {
    err += String(data);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

describe('loaded by PVE', () => {
  test('perl takes it', () => {
    const checked = spawnSync('perl', ['-c', '-I', STAND_INS, PLUGIN], { encoding: 'utf8' });
    expect([checked.status, checked.stderr.trim()]).toEqual([0, `${PLUGIN} syntax OK`]);
    // what PVE's daemons load stays small enough to be read in one go
    expect(readFileSync(PLUGIN, 'utf8').split('\n').length).toBeLessThan(150);
  });

  test('brings its paths below a node and no storage type', async () => {
    const { methods, types, warnings } = await load();
    expect(warnings).toEqual([]);
    expect(types).toEqual([]);
    expect(methods['PVE::API2::Nodes::Nodeinfo']).toMatchObject({ 'SUBCLASS pveigpu': { subclass: API } });
    const paths = Object.keys(methods[API] ?? {}).map((key) => key.toLowerCase());
    expect(paths.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path.slice(1)}`).sort());
  });

  test('each path is answered on its node by the daemon that is root, and asks for what the service asks for', async () => {
    const { methods } = await load();
    const view = ['perm', '/nodes/{node}', ['Sys.Audit']];
    const guest = ['and', view, ['perm', '/vms/{vmid}', ['VM.Audit']]];
    const host = ['perm', '/nodes/{node}', ['Sys.Audit', 'Sys.Modify']];
    const CHECKS = {
      view,
      guest,
      inside: ['and', guest, ['perm', '/vms/{vmid}', ['VM.GuestAgent.Unrestricted']]],
      host,
      'host-guest': ['and', host, ['perm', '/vms/{vmid}', ['VM.Audit', 'VM.Config.HWType']]],
    };
    for (const { method, path, access } of ROUTES)
      expect(methods[API]?.[`${method.toUpperCase()} ${path.slice(1)}`], path).toMatchObject({
        proxyto: 'node',
        protected: 1,
        permissions: { check: CHECKS[access] },
      });
  });

  test.each([
    ['a syntax error', (text: string) => text.replace('use strict;', 'use strict; {')],
    ['a module of PVE that is gone', (text: string) => text.replace('use PVE::Tools;', 'use PVE::Gone;')],
    ['a file that was cut off', (text: string) => text.slice(0, text.length / 2)],
    [
      'a path that PVE has meanwhile',
      (text: string) => text.replace('for my $route (@ROUTES)', 'for my $route (@ROUTES, @ROUTES)'),
    ],
  ])('%s is a warning and nothing more', async (_name, spoil) => {
    const file = join(folder, 'PveigpuPlugin.pm');
    writeFileSync(file, spoil(readFileSync(PLUGIN, 'utf8')));
    const { warnings } = await load({ file });
    expect(warnings).toHaveLength(1);
  });
});

describe('forwards', () => {
  let running: Running | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
  });

  test('what the service says', async () => {
    running = await Running.over(simulated('raptor-lake-s'), join(folder, 'api.sock'));
    const { answer } = await load({ call: ['GET', 'status', { node: 'pve' }] });
    expect(answer.value).toMatchObject({ kind: 'status', node: { name: 'pve' } });
  });

  test('who asks, what he may do, and his input', async () => {
    running = await Running.over(simulated('raptor-lake-s'), join(folder, 'api.sock'));
    const session = await load({ call: ['GET', 'session', { node: 'pve' }], user: VM_USER });
    expect(session.answer.value).toMatchObject({ user: 'alice@pve', may: { view: true, host: false } });
    const planned = await load({ call: ['POST', 'plan', { node: 'pve', input: '{"mode":"gvt-d"}' }] });
    expect(planned.answer.value).toMatchObject({ kind: 'planned' });
    const guest = await load({ call: ['POST', 'guests/{vmid}/plan-assign', { node: 'pve', vmid: 101 }], user: VM_USER });
    expect(guest.answer.value).toMatchObject({ kind: 'planned' });
  });

  test('what a look is to be like, and the rights on mappings where it is about a guest', async () => {
    const asked: string[] = [];
    const server = createServer((socket) => {
      socket.on('data', (data) => {
        asked.push(String(data));
        socket.end('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 'api.sock'), resolve));
    const user = {
      ...VM_USER,
      privileges: { ...VM_USER.privileges, '/mapping/pci/igpu-vf': ['Mapping.Use', 'Sys.Audit', 'Datastore.Audit'] },
    };
    await load({ call: ['GET', 'findings', { node: 'pve', deep: 1 }], user });
    await load({ call: ['GET', 'guests/{vmid}', { node: 'pve', vmid: 101 }], user });
    await new Promise((resolve) => server.close(resolve));
    const privileges = asked.map((text) => JSON.parse(/^X-Pveigpu-Privileges: (.*)$/m.exec(text)?.[1] ?? 'null'));
    expect(asked.map((text) => text.split('\r\n')[0])).toEqual([
      'GET /v1/findings?deep=1 HTTP/1.0',
      'GET /v1/guests/101 HTTP/1.0',
    ]);
    expect(privileges).toEqual([
      { '/nodes/pve': ['Sys.Audit'] },
      {
        '/nodes/pve': ['Sys.Audit'],
        '/vms/101': ['VM.Audit', 'VM.Config.HWType'],
        '/mapping/pci/igpu-vf': ['Mapping.Use'],
        '/mapping/pci/other': [],
      },
    ]);
  });

  test('a refusal, with its status', async () => {
    running = await Running.over(simulated('raptor-lake-s'), join(folder, 'api.sock'));
    const { answer } = await load({ call: ['POST', 'plan', { node: 'pve', input: '{"mode":"gvt-d"}' }], user: VM_USER });
    expect(answer.error).toMatchObject({ code: 403, msg: expect.stringContaining('alice@pve lacks Sys.Modify on /nodes/pve') });
    const broken = await load({ call: ['POST', 'plan', { node: 'pve', input: '{"mode":"ü\n' }] });
    expect(broken.answer.error).toMatchObject({ code: 400 });
  });

  test('nothing, where no service is, where it goes away, and where it says nonsense', async () => {
    const gone = await load({ call: ['GET', 'status', { node: 'pve' }] });
    expect(gone.answer.error).toMatchObject({ code: 503, msg: expect.stringContaining('cannot be reached') });
    for (const said of ['', 'HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n{"a":', 'hello']) {
      const server = createServer((socket) => void socket.on('data', () => socket.end(said)));
      await new Promise<void>((resolve) => server.listen(join(folder, 'api.sock'), resolve));
      const { answer } = await load({ call: ['GET', 'status', { node: 'pve' }] });
      expect([502, 503], said).toContain(answer.error.code);
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test.each([
    [0, 'OK'],
    [4, 'OK'],
    [1, 'ERROR pveigpu ended with exit code 1'],
  ])('a task follows the run that was started; its exit code %i is %s', async (code, ending) => {
    const answer = JSON.stringify({ format: 1, kind: 'started', run: 7, unit: 'pveigpu-apply-7.service' });
    const server = createServer(
      (socket) => void socket.on('data', () => socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${answer}`)),
    );
    await new Promise<void>((resolve) => server.listen(join(folder, 'api.sock'), resolve));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/pveigpu'), `#!/bin/sh\necho "$@" > ${folder}/typed\nexit ${code}\n`, { mode: 0o755 });
    const path = `${join(folder, 'bin')}:${process.env.PATH}`;
    const loaded = await load({ call: ['POST', 'apply', { node: 'pve', input: '{}' }], path });
    expect(loaded.answer.value.trim()).toBe(`UPID:pve:pveigpu:apply:root@pam:${ending}`);
    expect(readFileSync(join(folder, 'typed'), 'utf8')).toBe('follow 7\n');
    await new Promise((resolve) => server.close(resolve));
  });
});
