// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import type { Context } from '../../src/app/context.ts';
import { planUnassign } from '../../src/app/unassign.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import { canonicalCtConfig } from '../../src/core/guest/ct-config.ts';
import type { Host } from '../../src/ports/host.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { setContainerFile } from '../../src/simulator/pve/container-root.ts';
import { DISTRIBUTIONS } from '../core/container/group-files.ts';
import { PowerCut } from './engine/rig.ts';
import { HOOK_STUB, Simulated, simulated } from './simulated.ts';

const NAME = 'alder-lake-p';
const CONFIG = '/etc/pve/nodes/pve/lxc/200.conf';
const NOTE = '/var/lib/pveigpu/mounted/200';

const config = ({ node }: Simulated) => node.machine.tree.text(CONFIG) ?? '';
const isNoted = ({ node }: Simulated) => node.machine.tree.get(NOTE) !== undefined;
const isMounted = ({ node }: Simulated) => (node.machine.tree.names('/var/lib/lxc/200/rootfs') ?? []).length > 0;

function looking(machine: Simulated, request: Partial<AssignRequest> = {}) {
  const options = { hookStub: HOOK_STUB, mayMount: true };
  return machine.carryOut(async () => await planAssign(machine.context, { vmid: 200, ...request }, options));
}

/** The node with another way to run programs. */
function withRun(machine: Simulated, run: Host['run']): Context {
  const host = new Proxy<Host>(machine.node, {
    get: (target, name) => {
      if (name === 'run') return run;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...machine.context, host };
}

async function remarks(result: ReturnType<typeof looking>): Promise<string> {
  const ended = await result;
  if (!ended.ok) throw new Error(`${ended.problem.message} ${ended.problem.hint}`);
  return ended.value.flatMap((plan) => plan.remarks.map(({ id, text }) => `${id}: ${text}`)).join('\n');
}

describe('a container that does not run', () => {
  test.each(DISTRIBUTIONS)('$name: its group is looked up, nothing stays mounted or locked', async ({ groups, gid }) => {
    const machine = simulated(NAME);
    const before = config(machine);
    setContainerFile(machine.node.machine, 200, '/etc/group', groups);
    const said = await remarks(looking(machine));
    expect(said).not.toContain('guess');
    expect(config(machine)).toContain(`\ndev0: /dev/dri/renderD128,gid=${gid},mode=0660,uid=0\n`);
    expect([isMounted(machine), isNoted(machine), config(machine).includes('lock:')]).toEqual([false, false, false]);
    expect((await machine.unassign(200)).ok).toBe(true);
    expect(config(machine)).toBe(canonicalCtConfig(before));
    await machine.must('pct', 'start', '200');
  });

  test('is not mounted when the id is given, when its entry has one, and without leave', async () => {
    const machine = simulated(NAME);
    const mounts: string[] = [];
    const run: Host['run'] = async (argv, options) => {
      if (argv[0] === 'pct' && argv[1] === 'mount') mounts.push(argv.join(' '));
      return await machine.node.run(argv, options);
    };
    const watched = withRun(machine, run);
    const plan = async (request: Partial<AssignRequest>, mayMount = true) =>
      await planAssign(watched, { vmid: 200, ...request }, { hookStub: HOOK_STUB, mayMount });
    await plan({ share: { gid: 104 } });
    await plan({}, false);
    expect(mounts).toEqual([]);
    await plan({ share: { gid: 104, card: true } });
    expect(mounts).toEqual(['pct mount 200']);
    await remarks(looking(machine));
    await plan({});
    expect(mounts).toHaveLength(1);
  });

  test('whose storage is offline gets a guess that says so, and --gid; its lock goes again', async () => {
    const machine = simulated(NAME);
    const path = '/etc/pve/storage.cfg';
    const storages = machine.node.machine.tree.text(path) ?? '';
    const off = 'lvmthin: local-lvm\n\tthinpool data\n\tvgname pve\n\tdisable\n\n';
    machine.node.machine.tree.setFile(path, `${storages}${off}`, { mode: 0o640, gid: 33 });
    const said = await remarks(looking(machine));
    expect(said).toContain(
      "is a guess, since the container does not run, and pct mount failed (storage 'local-lvm' is disabled)",
    );
    expect([isMounted(machine), isNoted(machine), config(machine).includes('lock:')]).toEqual([false, false, false]);
  });

  test('that somebody else has locked is left alone', async () => {
    const machine = simulated(NAME);
    const text = `${config(machine)}lock: backup\n`;
    machine.node.machine.tree.setFile(CONFIG, text, { mode: 0o640, gid: 33 });
    await looking(machine);
    expect([config(machine), isNoted(machine)]).toEqual([text, false]);
  });

  test('a root that leads elsewhere is not followed', async () => {
    const machine = simulated(NAME);
    const { tree } = machine.node.machine;
    tree.setFile('/root/secret', 'render:x:777:\n');
    setContainerFile(machine.node.machine, 200, '/etc/group', 'video:x:44:\n');
    const run: Host['run'] = async (argv, options) => {
      const ran = await machine.node.run(argv, options);
      if (argv.join(' ') !== 'pct mount 200') return ran;
      tree.remove('/var/lib/lxc/200/rootfs/etc/group');
      tree.setLink('/var/lib/lxc/200/rootfs/etc/group', '/root/secret');
      return ran;
    };
    const plan = await planAssign(withRun(machine, run), { vmid: 200 }, { hookStub: HOOK_STUB, mayMount: true });
    expect(JSON.stringify(plan)).not.toContain('777');
    expect(JSON.stringify(plan)).toContain('no plain file /etc/group');
  });
});

describe('killed while it looks', () => {
  test('at any moment: the next command takes the mount and the lock away', async () => {
    const profile = findProfile(NAME);
    if (profile === undefined) throw new Error('no profile');
    let seen = 0;
    let left = Number.POSITIVE_INFINITY;
    const beforeOperation = (operation: string, path: string) => {
      const isOurs = path.startsWith('/var/lib/pveigpu/mounted') && operation !== 'list' && operation !== 'stat';
      if (!isOurs && !(operation === 'run' && /\bpct\b/.test(path))) return;
      seen += 1;
      if (seen > left) throw new PowerCut();
    };
    const fresh = () => new Simulated(profile, { faults: { beforeOperation } });
    const plan = async (machine: Simulated) =>
      await planAssign(machine.context, { vmid: 200 }, { hookStub: HOOK_STUB, mayMount: true });
    const whole = fresh();
    seen = 0;
    await plan(whole);
    const all = seen;
    expect(all).toBeGreaterThan(4);
    let mountedOnce = 0;
    for (let cut = 0; cut < all; cut += 1) {
      const machine = fresh();
      const before = config(machine);
      [seen, left] = [0, cut];
      await expect(plan(machine)).rejects.toThrow(PowerCut);
      left = Number.POSITIVE_INFINITY;
      if (isMounted(machine)) mountedOnce += 1;
      // A plan alone, as a browser asks for it, takes nothing down.
      const looked = [isMounted(machine), isNoted(machine)];
      await planUnassign(machine.context, { vmid: 200 }, { hookStub: HOOK_STUB });
      expect([isMounted(machine), isNoted(machine)]).toEqual(looked);
      expect((await machine.unassign(200)).ok, `cut at ${cut}`).toBe(false);
      expect([isMounted(machine), isNoted(machine)], `cut at ${cut}`).toEqual([false, false]);
      expect(canonicalCtConfig(config(machine)), `cut at ${cut}`).toBe(canonicalCtConfig(before));
    }
    expect(mountedOnce).toBeGreaterThan(0);
  });
});
