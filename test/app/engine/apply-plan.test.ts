// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import type { Context } from '../../../src/app/context.ts';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { readRun, runNumbers, runPath } from '../../../src/app/engine/journal.ts';
import { recover } from '../../../src/app/engine/recover.ts';
import { readDesired, readLedger } from '../../../src/app/engine/state-files.ts';
import { APPLY_LOCK, DEVICE_LOCK } from '../../../src/app/engine/state-paths.ts';
import type { Step } from '../../../src/core/plan/action.ts';
import { textToBase64 } from '../../../src/core/plan/file-image.ts';
import { inverseOf } from '../../../src/core/plan/inverse.ts';
import { sha1Hex } from '../../../src/core/text/sha1.ts';
import type { Host } from '../../../src/ports/host.ts';
import { changedFile, createVfs, guestStep, newFile, plan, poolOf } from './plans.ts';
import { NUMVFS, newTree, PF, picture, rig } from './rig.ts';

const GUEST = '/etc/pve/qemu-server/101.conf';

/** The same context with some methods of the host replaced. */
function withHost(context: Context, methods: Partial<Host>): Context {
  const host = new Proxy(context.host, {
    get: (target, name) => Reflect.get(name in methods ? methods : target, name),
  });
  return { ...context, host };
}

describe('an apply that goes well', () => {
  test('leaves the ledger, a closed journal and what is desired', async () => {
    const { context, tree } = rig(newTree());
    const wish = { mode: 'sriov', numVfs: 3 } as const;
    const steps = [newFile, changedFile, guestStep(101, { hostpci0: '0000:00:02.1' }, ['cores'])];
    const report = await applyPlan(context, { ...plan(...steps), desired: { gpu: 'key', wish } });
    expect(report).toMatchObject({ ok: true, value: { run: 1, recovery: null } });
    expect(report.ok && report.value.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(tree.text('/etc/modprobe.d/pveigpu.conf')).toBe('options xe max_vfs=7\n');
    expect(await readDesired(context.host)).toEqual({ ok: true, value: { format: 1, gpus: { key: wish } } });
    expect(await readLedger(context.host)).toEqual({
      ok: true,
      value: {
        format: 1,
        lastRun: 1,
        files: {
          '/etc/modprobe.d/pveigpu.conf': { pristine: { kind: 'absent' }, wroteSha1: sha1Hex('options xe max_vfs=7\n') },
          '/etc/modprobe.d/other.conf': {
            pristine: { kind: 'file', base64: textToBase64('options kvm nested=1\r\n'), mode: 0o644, uid: 0, gid: 0 },
            wroteSha1: sha1Hex('options kvm nested=0\r\n'),
          },
        },
        guests: {
          '101': {
            kind: 'qemu',
            keys: { hostpci0: { before: null, value: '0000:00:02.1' }, cores: { before: '2', value: null } },
          },
        },
        pools: {},
        packages: {},
        units: {},
      },
    });
    expect(await readRun(context.host, 1)).toMatchObject({ ok: true, value: { state: 'done', title: 'test' } });
    expect(tree.get('/var/lib/pveigpu')).toMatchObject({ mode: 0o700 });
    expect(tree.get(runPath(1))).toMatchObject({ mode: 0o600 });
  });

  test('the inverse of a whole plan gives everything back and empties the ledger', async () => {
    const { context, tree } = rig(newTree());
    const before = picture(tree);
    const steps = [
      ...createVfs,
      newFile,
      changedFile,
      { action: 'createPool', args: { pool: poolOf(1, 2) }, reason: 'pool' } as const,
      guestStep(101, { hostpci0: 'mapping=igpu-vf' }, ['cores']),
    ];
    expect((await applyPlan(context, plan(...steps))).ok).toBe(true);
    const back = steps.map(inverseOf).filter((step): step is Step => step !== null);
    expect(await applyPlan(context, plan(...back.reverse()))).toMatchObject({ ok: true });
    expect(picture(tree)).toBe(before);
    expect(await readLedger(context.host)).toMatchObject({ value: { lastRun: 2, files: {}, guests: {}, pools: {} } });
  });

  test('a plan with nothing to do leaves no trace', async () => {
    const { context, tree } = rig(newTree());
    expect(await applyPlan(context, plan())).toEqual({
      ok: true,
      value: { run: null, title: 'test', steps: [], recovery: null },
    });
    expect(tree.get('/var/lib/pveigpu')).toBeUndefined();
  });

  test('what somebody did already is skipped, and not undone later', async () => {
    const { context, tree } = rig(newTree());
    tree.setFile('/etc/modprobe.d/pveigpu.conf', 'options xe max_vfs=7\n');
    const bad = guestStep(102, { hostpci0: 'x' }, [], 'other text');
    const failed = await applyPlan(context, plan(newFile, changedFile, bad));
    expect(failed.ok).toBe(false);
    expect(tree.text('/etc/modprobe.d/pveigpu.conf')).toBe('options xe max_vfs=7\n');
    expect(!failed.ok && failed.problem.report?.steps.map(({ state }) => state)).toEqual(['skipped', 'undone', 'planned']);
  });
});

describe('an apply that fails', () => {
  test('half-way takes back what it did and says why', async () => {
    const { context, tree } = rig(newTree());
    const before = picture(tree);
    tree.setFile('/etc/pve/qemu-server/102.conf', 'memory: 1024\nname: changed\n');
    const failed = await applyPlan(
      context,
      plan(...createVfs, newFile, guestStep(101, { tags: 'x' }), guestStep(102, { tags: 'x' })),
    );
    expect(failed).toMatchObject({ ok: false, problem: { code: 'plan.drift', message: expect.stringContaining('VM 102') } });
    tree.setFile('/etc/pve/qemu-server/102.conf', 'memory: 1024\nname: two\n');
    expect(picture(tree)).toBe(before);
    expect(await readRun(context.host, 1)).toMatchObject({
      value: { state: 'undone', failure: expect.stringContaining('VM 102') },
    });
    expect(await readLedger(context.host)).toMatchObject({ value: { lastRun: 0 } });
  });

  test.each([
    ['VM is locked (backup)\n', 'guest.locked'],
    ['unable to write: cluster not ready - no quorum?\n', 'pve.no-quorum'],
    ["can't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout\n", 'pve.refused'],
  ])('a refusal by PVE (%j) leaves all as it was', async (refuse, code) => {
    const { context, tree } = rig(newTree(), { refuse });
    const before = picture(tree);
    expect(await applyPlan(context, plan(newFile, guestStep(101, { tags: 'x' })))).toMatchObject({
      ok: false,
      problem: { code },
    });
    expect(picture(tree)).toBe(before);
  });

  test('an edited file that somebody changed since loses only what is ours', async () => {
    const { context, tree, warnings } = rig(newTree());
    const path = '/etc/kernel/cmdline';
    const text = 'root=/dev/mapper/pve-root ro quiet\n';
    tree.setFile(path, text);
    const before = { kind: 'file', base64: textToBase64(text), mode: 0o644, uid: 0, gid: 0 } as const;
    const edit = { kind: 'kernel-parameters', format: 'kernel-cmdline', added: ['intel_iommu=on'], removed: [] } as const;
    const base64 = textToBase64('root=/dev/mapper/pve-root ro quiet intel_iommu=on\n');
    const step: Step = { action: 'editFile', args: { path, base64, mode: 0o644, before, edit }, reason: 'parameters' };
    const meddling = withHost(context, {
      run: async () => {
        tree.setFile(path, 'root=/dev/mapper/pve-root ro quiet intel_iommu=on panic=10\n');
        return { ok: true, value: { exitCode: 1, stdout: '', stderr: 'no' } };
      },
    });
    const run: Step = { action: 'run', args: { argv: ['false'], undo: null, timeoutMs: 1000 }, reason: 'fails' };
    const failed = await applyPlan(meddling, plan(step, run));
    expect(failed).toMatchObject({ ok: false, problem: { code: 'host.run' } });
    expect(tree.text(path)).toBe('root=/dev/mapper/pve-root ro quiet panic=10\n');
    expect(warnings).toContain(`${path} was changed by somebody else since; only what is ours was taken out of it.`);
    expect(await readRun(context.host, 1)).toMatchObject({ value: { state: 'undone' } });
  });

  test('never takes back blindly: what changed since is left and named', async () => {
    const { context, tree } = rig(newTree());
    const meddling = withHost(context, {
      run: async (...call: Parameters<Host['run']>) => {
        tree.setFile('/etc/modprobe.d/pveigpu.conf', 'somebody else was here\n');
        return { ok: true, value: { exitCode: 255, stdout: '', stderr: `VM is locked (backup) ${call[0][0]}` } };
      },
    });
    const pve = new (await import('../../../src/adapters/pve-cli.ts')).PveCli(meddling.host);
    const failed = await applyPlan({ ...meddling, pve }, plan(newFile, changedFile, guestStep(101, { tags: 'x' })));
    expect(!failed.ok && failed.problem.report?.steps.map(({ state, note }) => [state, note])).toEqual([
      ['left', '/etc/modprobe.d/pveigpu.conf has changed since the plan was made.'],
      ['undone', undefined],
      ['undone', undefined],
    ]);
    expect(tree.text('/etc/modprobe.d/pveigpu.conf')).toBe('somebody else was here\n');
    expect(tree.text('/etc/modprobe.d/other.conf')).toBe('options kvm nested=1\r\n');
    expect(await readRun(context.host, 1)).toMatchObject({ value: { state: 'incomplete' } });
  });

  test('when even undoing is refused, the run stays open until a later command can', async () => {
    const tree = newTree();
    const { context } = rig(tree);
    const before = picture(tree);
    const noQuorum = { exitCode: 255, stdout: '', stderr: 'cluster not ready - no quorum?\n' };
    let calls = 0;
    const flaky = withHost(context, {
      run: async (argv, options) => (++calls === 1 ? await context.host.run(argv, options) : { ok: true, value: noQuorum }),
    });
    const pve = new (await import('../../../src/adapters/pve-cli.ts')).PveCli(flaky.host);
    const failed = await applyPlan(
      { ...flaky, pve },
      plan(newFile, guestStep(101, { tags: 'x' }), guestStep(102, { tags: 'y' })),
    );
    expect(failed).toMatchObject({
      ok: false,
      problem: { code: 'pve.no-quorum', message: expect.stringContaining('Taking back') },
    });
    expect(await applyPlan({ ...flaky, pve }, plan(newFile))).toMatchObject({ ok: false, problem: { code: 'pve.no-quorum' } });
    expect(await recover(context)).toMatchObject({ ok: true, value: { outcome: 'undone' } });
    expect(picture(tree)).toBe(before);
  });

  test('a disk that is full at any time leaves all as it was', async () => {
    const steps = plan(...createVfs, newFile, changedFile, guestStep(101, { tags: 'x' }));
    const before = picture(newTree());
    const codes = new Set<string>();
    // The last two writes, of the ledger and of the closed run, come after the point from which a run is only finished.
    for (let full = 0; full < 12; full += 1) {
      const { context, tree } = rig(newTree());
      let writes = 0;
      const filling = withHost(context, {
        writeAtomic: async (...write: Parameters<Host['writeAtomic']>) => {
          writes += 1;
          const isOurs = write[0].startsWith('/var/lib/pveigpu');
          // What is put back is smaller than what was there; only the journal finds no room.
          if (writes > full && isOurs) return { ok: false, problem: { code: 'host.write', message: 'ENOSPC' } };
          return await context.host.writeAtomic(...write);
        },
      });
      const answer = await applyPlan(filling, steps);
      if (answer.ok) continue;
      codes.add(answer.problem.code);
      const recovered = await recover(context);
      const outcome = recovered.ok ? recovered.value?.outcome : 'failed';
      if (outcome !== 'finished') expect(picture(tree), `full after ${full}`).toBe(before);
    }
    expect([...codes]).toEqual(['host.write']);
  });

  test('a device that is in use by then is left, and the next plan is not kept back', async () => {
    const { context, tree } = rig(newTree());
    const starting = withHost(context, {
      run: async () => {
        tree.setFile('/run/qemu-server/pci-id-reservations', '0000:00:02.1 102 time:1800000000\n');
        return { ok: true, value: { exitCode: 255, stdout: '', stderr: 'VM is locked (backup)\n' } };
      },
    });
    const pve = new (await import('../../../src/adapters/pve-cli.ts')).PveCli(starting.host);
    const failed = await applyPlan({ ...starting, pve }, plan(...createVfs, guestStep(101, { tags: 'x' })));
    expect(!failed.ok && failed.problem.report?.steps.map(({ state }) => state)).toEqual([
      'undone',
      'left',
      'left',
      'undone',
      'undone',
    ]);
    expect(tree.names(PF)?.filter((name) => name.startsWith('virtfn'))).toHaveLength(3);
    expect(await applyPlan(context, plan(newFile))).toMatchObject({ ok: true, value: { recovery: null } });
  });

  test('an effect that does not come is a failure', async () => {
    const { context, tree } = rig(newTree());
    const before = picture(tree);
    const lazy = { ...context, pve: { ...context.pve, changeGuest: async () => ({ ok: true, value: undefined }) as const } };
    const failed = await applyPlan(lazy, plan(newFile, guestStep(101, { tags: 'x' })));
    expect(failed).toMatchObject({ ok: false, problem: { code: 'plan.failed' } });
    expect(picture(tree)).toBe(before);
  });
});

describe('before anything is done', () => {
  test.each([
    [{ level: 'blocker', id: 'a', text: 'No.', code: 'guest.locked' }, true, 'guest.locked'],
    [{ level: 'blocker', id: 'a', text: 'No.', overridable: true }, false, 'guest.needs-flag'],
  ] as const)('a blocker stops it: %j', async (remark, force, code) => {
    const { context, tree } = rig(newTree());
    const before = picture(tree);
    const answer = await applyPlan(context, { ...plan(newFile), remarks: [remark] }, { force });
    expect(answer).toMatchObject({ ok: false, problem: { code, report: null } });
    expect(picture(tree)).toBe(before);
  });

  test('a blocker that may be overridden gives way to force', async () => {
    const { context } = rig(newTree());
    const remarks = [{ level: 'blocker', id: 'a', text: 'No.', overridable: true }] as const;
    expect(await applyPlan(context, { ...plan(newFile), remarks }, { force: true })).toMatchObject({ ok: true });
  });

  test.each([
    ['torn', '{"format": 1, "number": 7, "sta'],
    [
      'of an unknown action',
      JSON.stringify({
        format: 1,
        number: 7,
        title: 't',
        startedMs: 1,
        state: 'running',
        steps: [{ step: { action: 'erase', args: {}, reason: 'r' }, state: 'done' }],
      }),
    ],
    ['newer', '{"format": 2}'],
  ])('a journal that is %s stops everything and is kept', async (name, text) => {
    const { context, tree } = rig(newTree());
    tree.setFile(runPath(7), text);
    const answer = await applyPlan(context, plan(newFile));
    expect(answer).toMatchObject({ ok: false, problem: { code: name === 'newer' ? 'format.newer' : 'format.unreadable' } });
    expect(!answer.ok && answer.problem.message).toContain(runPath(7));
    expect(tree.text(runPath(7))).toBe(text);
    expect(tree.text('/etc/modprobe.d/pveigpu.conf')).toBeUndefined();
  });

  test('a ledger that cannot be understood stops it', async () => {
    const { context, tree } = rig(newTree());
    tree.setFile('/var/lib/pveigpu/ledger.json', '{"format":1}');
    expect(await applyPlan(context, plan(newFile))).toMatchObject({ ok: false, problem: { code: 'format.unreadable' } });
    expect(tree.text('/etc/modprobe.d/pveigpu.conf')).toBeUndefined();
  });

  test('another apply keeps it out', async () => {
    const { context, tree } = rig(newTree());
    const quick = withHost(context, { lock: (path) => context.host.lock(path, { timeoutMs: 5 }) });
    const held = await memoryHost(tree).lock(APPLY_LOCK, { timeoutMs: 5 });
    expect(await applyPlan(quick, plan(newFile))).toMatchObject({ ok: false, problem: { code: 'host.locked' } });
    if (held.ok) await held.value.release();
    expect(await applyPlan(quick, plan(newFile))).toMatchObject({ ok: true });
  });

  test('a machine that can only be read is left alone', async () => {
    const { context } = rig(newTree());
    const host = new Proxy(context.host, {
      get: (target, name) => (name === 'abilities' ? { write: false, run: false, poke: false } : Reflect.get(target, name)),
    });
    expect(await applyPlan({ ...context, host }, plan(newFile))).toMatchObject({
      ok: false,
      problem: { code: 'host.read-only' },
    });
  });
});

describe('locks and journal', () => {
  test('PVE is never called while the device lock is held; sysfs is never written without it', async () => {
    const { context, tree } = rig(newTree());
    const seen: string[] = [];
    const isHeld = async () => {
      const lock = await memoryHost(tree).lock(DEVICE_LOCK, { timeoutMs: 1 });
      if (lock.ok) await lock.value.release();
      return !lock.ok;
    };
    const watched = withHost(context, {
      run: async (argv, options) => {
        seen.push(`${argv[0]} ${await isHeld()}`);
        return await context.host.run(argv, options);
      },
      poke: async (path, value, options) => {
        seen.push(`poke ${await isHeld()}`);
        return await context.host.poke(path, value, options);
      },
    });
    const pve = new (await import('../../../src/adapters/pve-cli.ts')).PveCli(watched.host);
    const [first, ...others] = createVfs;
    const steps = [first, guestStep(101, { tags: 'x' }), ...others].filter((step) => step !== undefined);
    expect(await applyPlan({ ...watched, pve }, plan(...steps))).toMatchObject({ ok: true });
    expect(seen).toEqual(['poke true', 'qm false', 'poke true', 'poke true', 'poke true']);
  });

  test('every step is in the journal before it is done', async () => {
    const { context, tree } = rig(newTree());
    const seen: string[] = [];
    const watched = withHost(context, {
      poke: async (path, value, options) => {
        const run = JSON.parse(tree.text(runPath(1)) ?? '{}') as { steps: { state: string }[] };
        seen.push(run.steps.map(({ state }) => state).join(' '));
        return await context.host.poke(path, value, options);
      },
    });
    await applyPlan(watched, plan(...createVfs.slice(0, 3)));
    expect(seen).toEqual(['started planned planned', 'done started planned', 'done done started']);
  });

  test('the newest 200 runs are kept', async () => {
    const { context, tree } = rig(newTree());
    const old = JSON.stringify({ format: 1, number: 1, title: 't', startedMs: 1, state: 'done', steps: [] });
    for (let number = 1; number <= 205; number += 1) tree.setFile(runPath(number), old.replace('1,"title', `${number},"title`));
    expect(await applyPlan(context, plan(newFile))).toMatchObject({ ok: true, value: { run: 206 } });
    const numbers = await runNumbers(context.host);
    expect(numbers.ok && [numbers.value.length, numbers.value[0], numbers.value.at(-1)]).toEqual([200, 7, 206]);
  });
});

describe('VFs that are in use', () => {
  const destroy: Step = {
    action: 'writeSysfs',
    args: {
      path: NUMVFS,
      value: '0',
      undo: '3',
      verify: { kind: 'absent', path: `${PF}/virtfn0` },
      timeoutMs: 1000,
      mustBeFree: [],
    },
    reason: 'take the VFs away',
  };

  test.each([
    [
      'open in VFIO',
      (tree: ReturnType<typeof newTree>) => {
        tree.set('/dev/vfio/20', { kind: 'device', type: 'char', major: 510, minor: 0, mode: 0o600, uid: 0, gid: 0 });
        tree.setLink('/proc/77/fd/12', '/dev/vfio/20');
        tree.setFile('/proc/77/cmdline', '/usr/bin/kvm\0-id\x00101\0');
      },
      'VM 101',
    ],
    [
      'reserved by a starting guest',
      (tree: ReturnType<typeof newTree>) => {
        tree.setFile('/run/qemu-server/pci-id-reservations', '0000:00:02.2 102 time:1800000000\n');
      },
      'VM 102',
    ],
  ])('are never destroyed: %s', async (_name, arrange, who) => {
    const { context, tree } = rig(newTree());
    await applyPlan(context, plan(...createVfs));
    arrange(tree);
    const before = picture(tree);
    const answer = await applyPlan(context, plan(destroy));
    expect(answer).toMatchObject({ ok: false, problem: { code: 'vf.in-use', message: expect.stringContaining(who) } });
    expect(picture(tree)).toBe(before);
  });

  test('free ones are taken off their driver first, then destroyed', async () => {
    const { context, tree } = rig(newTree());
    await applyPlan(context, plan(...createVfs));
    const pokes: string[] = [];
    const watched = withHost(context, {
      poke: async (path, value, options) => {
        pokes.push(path);
        return await context.host.poke(path, value, options);
      },
    });
    expect(await applyPlan(watched, plan(destroy))).toMatchObject({ ok: true });
    expect(pokes).toEqual(['/sys/bus/pci/devices/0000:00:02.1/driver/unbind', NUMVFS]);
    expect(tree.names('/sys/bus/pci/devices')).toEqual(['0000:00:02.0']);
  });

  test('processes that cannot be looked at count as users', async () => {
    const { context, tree } = rig(newTree());
    await applyPlan(context, plan(...createVfs));
    tree.set('/dev/vfio/20', { kind: 'device', type: 'char', major: 510, minor: 0, mode: 0o600, uid: 0, gid: 0 });
    tree.set('/proc/77/fd', { kind: 'directory', entries: new Map(), mode: 0o500, unreadable: 'EACCES' });
    expect(await applyPlan(context, plan(destroy))).toMatchObject({ ok: false, problem: { code: 'facts.unknown' } });
  });

  test('a write that hangs is reported, not waited for', async () => {
    const { context } = rig(newTree());
    const hanging = withHost(context, { poke: async () => ({ kind: 'timeout' }) });
    expect(await applyPlan(hanging, plan(...createVfs))).toMatchObject({ ok: false, problem: { code: 'host.timeout' } });
  });
});

test('a change of a running guest is taken back while it is pending', async () => {
  const { context, tree } = rig(newTree(), { running: true });
  const before = tree.text(GUEST);
  const step = guestStep(101, { hostpci0: '0000:00:02.1', tags: 'q' }, ['cores']);
  expect(await applyPlan(context, plan(step))).toMatchObject({ ok: true });
  expect(tree.text(GUEST)).toContain('[PENDING]');
  const back = inverseOf(step);
  expect(back === null ? null : await applyPlan(context, plan(back))).toMatchObject({ ok: true });
  expect(tree.text(GUEST)).toBe(before);
});

test('a release is forgotten by the ledger, whatever the key has then', async () => {
  const { context, tree } = rig(newTree());
  await applyPlan(context, plan(guestStep(101, { hostpci0: '0000:00:02.1', tags: 'x' })));
  const step = guestStep(101, { tags: 'mine' }, ['hostpci0'], tree.text(GUEST));
  const release: Step = step.action === 'setGuestConfig' ? { ...step, args: { ...step.args, release: true } } : step;
  expect(await applyPlan(context, plan(release))).toMatchObject({ ok: true });
  expect(await readLedger(context.host)).toMatchObject({ value: { lastRun: 2, guests: {} } });
});

test('a pool keeps descriptions that the plan does not know', async () => {
  const { context, tree } = rig(newTree());
  const entry = 'id=8086:a780,iommugroup=20,node=n,path=0000:00:02.1,subsystem-id=1043:8882';
  tree.setFile('/etc/pve/mapping/pci.cfg', `igpu-vf\n\tmap description=left,${entry}\n\tdescription mine\n\n`);
  const known = { ...poolOf(1), description: undefined };
  const { description: _old, ...before } = known;
  const { description: _new, ...pool } = poolOf(1, 2);
  expect(
    await applyPlan(context, plan({ action: 'updatePool', args: { pool, before, digest: 'stale' }, reason: 'r' })),
  ).toMatchObject({ ok: true });
  const text = tree.text('/etc/pve/mapping/pci.cfg');
  expect(text).toContain('description=left');
  expect(text).toContain('\tdescription mine');
  expect(text).toContain('path=0000:00:02.2');
});
