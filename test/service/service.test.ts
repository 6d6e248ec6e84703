// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterEach, describe, expect, test } from 'vitest';
import { type Simulated, simulated } from '../app/simulated.ts';
import { jsonOf, typed } from '../cli/command-line.ts';
import { ADMIN, AUDITOR, NOBODY, ROOT, ROUTES, Running, type User, VM_USER } from './asked.ts';

let running: Running | undefined;

async function over(machine: Simulated): Promise<Running> {
  running = await Running.over(machine);
  return running;
}

afterEach(async () => {
  await running?.close();
  running = undefined;
});

describe('what can be looked at', () => {
  test.each([
    ['/status', 'status'],
    ['/verdict', 'verdict'],
    ['/findings', 'doctor'],
    ['/history', 'history'],
    ['/vfs', 'vf list'],
    ['/mdevs', 'mdev list'],
    ['/mdev-types', 'mdev types'],
    ['/pools', 'pool list'],
    ['/assignments', 'assignments'],
    ['/assertions', 'assert'],
  ])('%s is what pveigpu %s --json prints', async (path, command) => {
    const machine = simulated('raptor-lake-s');
    expect((await typed(machine, 'assign 101 --yes')).code).toBe(0);
    const service = await over(machine);
    const { status, body } = await service.ask('GET', path, AUDITOR);
    expect(status).toBe(200);
    expect(body).toEqual(jsonOf(await typed(machine, `${command} --json`)));
  });
});

describe('who may do what', () => {
  const INPUTS: { readonly [path: string]: unknown } = {
    '/plan': { mode: 'gvt-d' },
    '/plan-rollback': { to: 'all' },
    '/apply': { mode: 'gvt-d', digest: 'a'.repeat(64) },
    '/confirm': { digest: 'a'.repeat(64) },
    '/rollback': { to: 'all', digest: 'a'.repeat(64) },
    '/guests/{vmid}/plan-assign': {},
    '/guests/{vmid}/assign': { digest: 'a'.repeat(64) },
    '/guests/{vmid}/unassign': { digest: 'a'.repeat(64) },
  };
  const ALLOWED: { readonly [access: string]: readonly User[] } = {
    view: [ROOT, ADMIN, AUDITOR, VM_USER],
    guest: [ROOT, ADMIN, VM_USER],
    inside: [ROOT, ADMIN],
    host: [ROOT],
    'host-guest': [ROOT],
  };

  test('every route and every user: who may not is told so, and nothing changes', async () => {
    const machine = simulated('raptor-lake-s');
    const service = await over(machine);
    const before = machine.lasting();
    let asked = 0;
    for (const { method, path, access } of ROUTES)
      for (const user of [ROOT, ADMIN, AUDITOR, VM_USER, NOBODY, null]) {
        const verb = method === 'get' ? 'GET' : 'POST';
        const { status, body } = await service.ask(
          verb,
          path.replace('{vmid}', '101'),
          user,
          method === 'post' ? (INPUTS[path] ?? {}) : undefined,
        );
        const may = user !== null && ALLOWED[access]?.includes(user) === true;
        if (may) expect([200, 409, 422], `${path} ${user?.user}: ${JSON.stringify(body)}`).toContain(status);
        else expect(status, `${path} ${user?.user}`).toBe(user === null ? 401 : 403);
        asked += 1;
      }
    expect(asked).toBe(ROUTES.length * 6);
    expect(machine.lasting()).toEqual(before);
  });

  test('a user whom pveigpu.conf names may set up the host; a token of root may not', async () => {
    const machine = simulated('raptor-lake-s');
    machine.node.machine.tree.setFile('/etc/pveigpu/pveigpu.conf', '[panel]\nhost-setup = admin@pve\n');
    const service = await over(machine);
    expect((await service.ask('POST', '/plan', ADMIN, { mode: 'gvt-d' })).status).toBe(200);
    expect((await service.ask('GET', '/session', ADMIN)).body.may).toEqual({ view: true, host: true, whyNotHost: null });
    const token = await service.ask('POST', '/plan', { ...ROOT, user: 'root@pam!ci' }, { mode: 'gvt-d' });
    expect(token.status).toBe(403);
    expect(token.body.title).toContain('root@pam!ci may not set up the host');
  });

  test('who is named and may not change a guest in PVE does not change it through us', async () => {
    const machine = simulated('raptor-lake-s');
    machine.node.machine.tree.setFile('/etc/pveigpu/pveigpu.conf', '[panel]\nhost-setup = admin@pve\n');
    const service = await over(machine);
    const before = machine.lasting();
    const privileges = { '/nodes/pve': ['Sys.Audit', 'Sys.Modify'], '/vms/101': ['VM.Audit'] };
    for (const path of ['/guests/101/assign', '/guests/101/unassign', '/guests/102/unassign']) {
      const { status, body } = await service.ask('POST', path, { user: 'admin@pve', privileges }, { digest: 'a'.repeat(64) });
      expect([status, body.title]).toEqual([403, expect.stringMatching(/lacks VM\.(?:Config\.HWType|Audit) on \/vms\//)]);
    }
    expect((await service.ask('POST', '/guests/101/unassign', ADMIN, { digest: 'a'.repeat(64) })).status).not.toBe(403);
    expect(machine.lasting()).toEqual(before);
  });

  test.each(['root', 'root@pam\nx', '@pam', 'a b@pam', `${'x'.repeat(80)}@pam`])('a user called %j is nobody', async (user) => {
    const service = await over(simulated('raptor-lake-s'));
    const response = await service.ask('GET', '/status', { ...ROOT, user }).catch(() => null);
    if (response !== null) expect(response.status).toBe(401);
  });
});

describe('what a request brings is checked', () => {
  test.each([
    ['/plan', { mode: 'sriow' }, '"mode"'],
    ['/plan', { mode: 'sriov', vfs: 0 }, '"vfs"'],
    ['/plan', { mode: 'sriov', gpu: '../../etc' }, '"gpu"'],
    ['/plan', { mode: 'sriov', more: 1 }, 'The input'],
    ['/plan', '{"mode":', 'no JSON'],
    ['/plan', '[]', 'The input'],
    ['/plan-confirm', { x: 1 }, 'no input'],
    ['/rollback', { to: -1, digest: 'a'.repeat(64) }, '"to"'],
    ['/guests/99/plan-assign', {}, 'VMID'],
    ['/guests/1e3/plan-assign', {}, 'VMID'],
    ['/nothing', {}, 'There is nothing at'],
  ])('POST %s %j', async (path, body, words) => {
    const service = await over(simulated('raptor-lake-s'));
    const answer = await service.ask('POST', path, ROOT, body);
    expect([400, 404]).toContain(answer.status);
    expect(answer.type).toContain('application/problem+json');
    expect(answer.body.title).toContain(words);
    expect(answer.body.status).toBe(answer.status);
  });

  test('a body of a megabyte is refused', async () => {
    const service = await over(simulated('raptor-lake-s'));
    expect((await service.ask('POST', '/plan', ROOT, { mode: 'x'.repeat(1_000_000) })).status).toBe(400);
  });
});

describe('guests', () => {
  test('a slice from a pool is a call that PVE lets the user make himself', async () => {
    const machine = simulated('raptor-lake-s');
    expect((await typed(machine, 'vf create --yes')).code).toBe(0);
    expect((await typed(machine, 'pool create --yes')).code).toBe(0);
    const service = await over(machine);
    const { status, body } = await service.ask('POST', '/guests/101/plan-assign', VM_USER, {});
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.requests).toEqual([
      {
        kind: 'qemu',
        vmid: 101,
        digest: expect.stringMatching(/^[0-9a-f]{40}$/),
        set: { hostpci0: 'mapping=igpu-vf,pcie=1' },
        delete: [],
        rootOnly: [],
        mappings: ['igpu-vf'],
      },
    ]);
  });

  test('one VF of its own is for root@pam alone, and what needs the node first is no call of a browser', async () => {
    const machine = simulated('raptor-lake-s');
    const service = await over(machine);
    const first = await service.ask('POST', '/guests/101/plan-assign', ROOT, { vf: 3 });
    expect(first.body.requests).toBe(null);
    expect((await typed(machine, 'vf create --yes')).code).toBe(0);
    expect((await typed(machine, 'assign 101 --vf 3 --yes')).code).toBe(0);
    const changed = await service.ask('POST', '/guests/101/plan-assign', ROOT, { vf: 4 });
    expect(changed.body.requests, JSON.stringify(changed.body)).toMatchObject([{ rootOnly: ['hostpci1'], mappings: [] }]);
    const back = await service.ask('POST', '/guests/101/plan-unassign', ROOT, {});
    expect(back.body.requests).toBe(null);
  });
});

describe('runs', () => {
  test('only the plan that was shown is started, in a unit of its own, and is logged with the name of the user', async () => {
    const machine = simulated('raptor-lake-s');
    const service = await over(machine);
    const { body: planned } = await service.ask('POST', '/plan', ROOT, { mode: 'gvt-d' });
    expect(planned.plan.changes.length).toBeGreaterThan(0);
    const wrong = await service.ask('POST', '/apply', ROOT, { mode: 'gvt-d', digest: 'b'.repeat(64) });
    expect([wrong.status, wrong.body.code]).toEqual([409, 'plan.drift']);
    const started = await service.ask('POST', '/apply', ROOT, { mode: 'gvt-d', digest: planned.plan.digest });
    expect(started.body.code ?? started.body.kind).toBe('host.unsupported');
    expect(started.body.hint).toContain('pveigpu apply gvt-d');
  });
});
