// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import {
  assignJob,
  couldForce,
  type PlanJob,
  planOf,
  rollbackJob,
  runPlan,
  setupJob,
  unassignJob,
  whyNotRun,
} from '../../ui-extension/model/plan-job.ts';
import { diffLine, planView } from '../../ui-extension/model/plan-view.ts';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import type { GuestValue, Planned, Session } from '../../ui-extension/model/values.ts';
import { served } from './served.ts';

const say = sayIn('en');
const ROOT = { user: 'root@pam', may: { view: true, host: true, whyNotHost: null } };
const ALICE = { user: 'alice@pve', may: { view: true, host: false, whyNotHost: 'alice@pve lacks Sys.Modify on /nodes/pve.' } };
const VM = { vmid: 101, guest: 'VM 101' };
const WATCHED = {
  force: false,
  onLine: () => undefined,
  wait: async () => await new Promise<void>((resolve) => setTimeout(resolve, 20)),
};

describe('a plan as it is shown', () => {
  test('every change has its number, words, reason and coloured lines', async () => {
    const { api } = await served({ profile: 'raptor-lake-s-untouched' });
    const planned = await planOf(api, setupJob('0000:00:02.0', { mode: 'sriov' }, say), false);
    const view = planView(planned, say);
    expect(view.steps.map(({ number }) => number)).toEqual(planned.plan.changes.map((_one, at) => at + 1));
    expect(view.steps[0]).toMatchObject({ title: 'Write file', subject: '/etc/modprobe.d/pveigpu.conf' });
    expect(view.steps.every(({ reason }) => reason !== '')).toBe(true);
    const lines = view.steps[0]?.lines ?? [];
    expect(lines[0]?.kind).toBe('place');
    expect(lines.slice(1).every(({ kind, text }) => kind === 'added' && text.startsWith('+'))).toBe(true);
    expect(view.steps.find(({ title }) => title === 'Build initramfs')?.command).toMatch(
      /update-initramfs -u -k [\d.]+-\d+-pve$/,
    );
    expect(view.reboot).toMatch(/reboot/);
    expect(view.remarks.filter(({ text }) => view.reboot?.startsWith(text))).toEqual([]);
    expect(view.isEmpty).toBe(false);
    expect(couldForce(setupJob('x', { mode: 'sriov' }, say), planned)).toBe(false);
  });

  test('lines of a diff by their first character', () => {
    expect(['+a', '-a', ' a', '@@ -1 +1 @@', '\\ No newline at end of file', ''].map((line) => diffLine(line).kind)).toEqual([
      ...['added', 'removed', 'same', 'place', 'place', 'same'],
    ]);
  });

  test('words of a command that a shell would take apart are quoted', () => {
    const change = { action: 'run', subject: 's', reason: 'r', diff: [], command: ['qm', 'set', "it's", 'a b', ''] } as const;
    const plan = { format: 1, digest: 'd', title: 't', changes: [change], remarks: [], reboot: null } as const;
    expect(planView({ plan, blocked: null, requests: null }, say).steps[0]?.command).toBe(`qm set 'it'\\''s' 'a b' ''`);
  });
});

describe('who may run a plan', () => {
  const plan = {
    requests: [{ kind: 'qemu', vmid: 101, digest: '', set: {}, delete: [], rootOnly: ['args', 'hostpci0'], mappings: [] }],
  } as const;
  test('keys that only root may set stop others', () => {
    expect(whyNotRun(plan, ALICE, say)).toBe('Only root@pam may set args, hostpci0.');
    expect(whyNotRun(plan, ROOT, say)).toBeNull();
    expect(whyNotRun({ requests: [{ ...plan.requests[0], rootOnly: [] }] }, ALICE, say)).toBeNull();
  });

  test('a change of the node stops who may not change it, with the reason', () => {
    expect(whyNotRun({ requests: null }, ALICE, say)).toContain('lacks Sys.Modify');
    expect(whyNotRun({ requests: null }, ROOT, say)).toBeNull();
    // only the ledger is changed, which no call of PVE does
    expect(whyNotRun({ requests: [] }, ALICE, say)).toContain('lacks Sys.Modify');
  });

  test('a blocker can be overridden only where all can, and only for the host', () => {
    const blocker = { level: 'blocker', id: 'x', text: 't', overridable: true } as const;
    const planned = (...remarks: Planned['plan']['remarks']): Pick<Planned, 'plan'> => {
      return { plan: { format: 1, digest: 'd', title: 't', changes: [], remarks, reboot: null } };
    };
    expect(couldForce(rollbackJob(1, say), planned(blocker))).toBe(true);
    expect(couldForce(rollbackJob(1, say), planned(blocker, { ...blocker, overridable: false }))).toBe(false);
    expect(couldForce(unassignJob(VM, say), planned(blocker))).toBe(false);
    expect(couldForce(rollbackJob(1, say), planned())).toBe(false);
  });
});

describe('running a plan', () => {
  test('a user of one VM gives it a slice of a pool through PVE alone, and takes it back', async () => {
    const { node, api } = await served({ persona: 'vm-user' });
    await node.type('vf create 3 --yes');
    await node.type('pool create igpu-vf --yes');
    const session = await api.get<Session>('session');
    const before = node.config(101);
    const run = async (job: PlanJob) => {
      const planned = await planOf(api, job, false);
      expect(planned.requests).not.toBeNull();
      expect(whyNotRun(planned, session, say)).toBeNull();
      expect(await runPlan(api, job, planned, WATCHED)).toEqual({ ok: true, exitStatus: 'OK' });
    };
    const offer = (await api.get<GuestValue>('guests/101')).could.find(({ allowed }) => allowed);
    if (offer === undefined) throw new Error('nothing is offered');
    await run(assignJob(VM, offer.input, say));
    expect(node.config(101)).toMatch(/^hostpci0: .*mapping=igpu-vf/m);
    await run(unassignJob(VM, say));
    expect(node.config(101)).toBe(before);
  });

  test('a task that fails says what the node said', async () => {
    const { api } = await served({ profile: 'raptor-lake-s-untouched' });
    const job = setupJob('0000:00:02.0', { mode: 'sriov' }, say);
    const planned = await planOf(api, job, false);
    const other = { ...planned, plan: { ...planned.plan, digest: '0'.repeat(64) } };
    await expect(runPlan(api, job, other, WATCHED)).rejects.toMatchObject({ status: 409 });
  });
});
