// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterEach, describe, expect, test } from 'vitest';
import type { GuestOffer } from '../../src/core/assign/guest-offer.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { jsonOf, typed } from '../cli/command-line.ts';
import { ADMIN, AUDITOR, ROOT, Running, type User, VM_USER } from './asked.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function over(machine: Simulated): Promise<Running> {
  running = await Running.over(machine);
  return running;
}

async function withPool(): Promise<Simulated> {
  const machine = simulated('raptor-lake-s');
  expect((await typed(machine, 'vf create --yes')).code).toBe(0);
  expect((await typed(machine, 'pool create --yes')).code).toBe(0);
  return machine;
}

const MAPPED: User = {
  user: 'alice@pve',
  privileges: { ...VM_USER.privileges, '/mapping/pci/igpu-vf': ['Mapping.Use'] },
};

/** What is offered: mode and VF, whether it is allowed, and why not. */
async function offers(service: Running, who: User, vmid = 101): Promise<readonly (readonly [string, boolean, string | null])[]> {
  const { status, body } = await service.ask('GET', `/guests/${vmid}`, who);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.could.map(({ title, allowed, because }: GuestOffer) => [title, allowed, because]);
}

describe('a guest', () => {
  test('has what assignments says, and is named as in PVE', async () => {
    const machine = simulated('raptor-lake-s');
    expect((await typed(machine, 'assign 101 --yes')).code).toBe(0);
    const service = await over(machine);
    const { body } = await service.ask('GET', '/guests/101', VM_USER);
    const assignments = jsonOf(await typed(machine, 'assignments --json')).assignments as readonly { vmid: number }[];
    expect(body).toMatchObject({ vmid: 101, guest: 'VM 101', name: 'media', type: 'qemu', running: false });
    expect(body.has).toEqual(assignments.filter(({ vmid }) => vmid === 101));
    expect(body.needs).toMatchObject({ system: 'linux', unseen: 'The guest itself was not asked.' });
    expect(body.needs.steps.length).toBeGreaterThan(0);
    expect(body.could.map(({ allowed }: GuestOffer) => allowed)).not.toContain(true);
    expect(body.could[0].because).toBe('It has a slice of this GPU (hostpci0); take that back first.');
  });

  test('of root can have a VF of the pool or a certain one; what the GPU cannot is said with the reason', async () => {
    const service = await over(await withPool());
    expect(await offers(service, ROOT)).toEqual([
      ['Any free VF, from the pool', true, null],
      ['VF 1, always the same', true, null],
      ['A mediated device (GVT-g)', false, expect.stringMatching(/\w/)],
      ['The whole GPU', expect.any(Boolean), expect.toSatisfy((text) => text === null || /\w/.test(text))],
    ]);
  });

  test('of a user with Mapping.Use can have a VF of the pool alone', async () => {
    const service = await over(await withPool());
    const [pool, pinned] = await offers(service, MAPPED);
    expect(pool).toEqual(['Any free VF, from the pool', true, null]);
    expect(pinned?.[1]).toBe(false);
    expect(pinned?.[2]).toMatch(/only root@pam|has to be changed first/);
  });

  test.each([
    ['the mapping', { ...MAPPED, privileges: VM_USER.privileges }, 'lacks Mapping.Use on /mapping/pci/igpu-vf'],
    [
      'the hardware of his VM',
      { ...MAPPED, privileges: { ...MAPPED.privileges, '/vms/101': ['VM.Audit'] } },
      'lacks VM.Config.HWType on /vms/101',
    ],
  ])('of a user without a right on %s can have nothing, and it is said', async (_what, who, words) => {
    const service = await over(await withPool());
    const [pool] = await offers(service, who);
    expect(pool?.slice(0, 2)).toEqual(['Any free VF, from the pool', false]);
    expect(pool?.[2]).toContain(words);
  });

  test('where the node has to be changed first, that is who may set up the host', async () => {
    const service = await over(simulated('raptor-lake-s'));
    expect((await offers(service, ROOT))[0]?.[1]).toBe(true);
    const [pool] = await offers(service, MAPPED);
    expect(pool?.[1]).toBe(false);
    expect(pool?.[2]).toContain('The node has to be changed first. alice@pve lacks Sys.Modify');
  });

  test('what is offered is what PVE lets the user do', async () => {
    const machine = await withPool();
    const service = await over(machine);
    const { body } = await service.ask('GET', '/guests/101', MAPPED);
    const [offer] = body.could;
    const planned = await service.ask('POST', '/guests/101/plan-assign', MAPPED, offer.input);
    expect(Object.keys(planned.body.requests[0].set)).toEqual(offer.keys);
  });

  test('that is a container is offered the render node', async () => {
    const machine = simulated('raptor-lake-s');
    const service = await over(machine);
    const who = { ...ROOT, privileges: { ...ROOT.privileges, '/vms/200': ['VM.Audit'] } };
    const { body } = await service.ask('GET', '/guests/200', who);
    expect(body.type).toBe('lxc');
    expect(body.could.map(({ mode }: GuestOffer) => mode)).toEqual(['host']);
  });

  test('that is not there is 404, and one that the user may not see is 403', async () => {
    const service = await over(simulated('raptor-lake-s'));
    const root = { ...ROOT, privileges: { ...ROOT.privileges, '/vms/777': ['VM.Audit'] } };
    expect((await service.ask('GET', '/guests/777', root)).status).toBe(404);
    expect((await service.ask('GET', '/guests/101', AUDITOR)).status).toBe(403);
  });
});

describe('inside a guest', () => {
  test.each([
    ['needs', 'guest-needs'],
    ['verify', 'guest-verify'],
  ])('%s is for who may run commands there', async (path, kind) => {
    const machine = simulated('raptor-lake-s');
    expect((await typed(machine, 'assign 101 --yes')).code).toBe(0);
    await machine.must('qm', 'start', '101');
    const service = await over(machine);
    expect((await service.ask('POST', `/guests/101/${path}`, VM_USER)).body.title).toContain('lacks VM.GuestAgent.Unrestricted');
    const { status, body } = await service.ask('POST', `/guests/101/${path}`, ADMIN);
    expect([status, body.kind], JSON.stringify(body)).toEqual([200, kind]);
  });
});

describe('the page says', () => {
  test('the privilege to the user who lacks it', async () => {
    const service = await over(simulated('raptor-lake-s'));
    const { body } = await service.ask('GET', '/guests/101', VM_USER);
    expect(body.may).toEqual({ inside: false, whyNotInside: 'alice@pve lacks VM.GuestAgent.Unrestricted on /vms/101.' });
  });
});
