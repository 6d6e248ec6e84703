// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { listAssignments } from '../../src/app/assignments.ts';
import { planRollback } from '../../src/app/rollback.ts';
import { readStatus } from '../../src/app/status.ts';
import { canonicalCtConfig } from '../../src/core/guest/ct-config.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { setContainerFile } from '../../src/simulator/pve/container-root.ts';
import { DISTRIBUTIONS } from '../core/container/group-files.ts';
import { HOOK_STUB, Simulated, simulated } from './simulated.ts';

const PATH = '/etc/pve/nodes/pve/lxc/200.conf';
const NAME = 'alder-lake-p';

function config(machine: Simulated): string {
  return machine.node.machine.tree.text(PATH) ?? '';
}

/** A node whose container 200 has this text. */
function withContainer(text: string, more: Partial<Profile> = {}): Simulated {
  const profile = findProfile(NAME);
  if (profile === undefined) throw new Error(`no profile ${NAME}`);
  return new Simulated({ ...profile, containers: { '200': text }, ...more });
}

const own = (machine: Simulated) => findProfile(machine.node.machine.profile.name)?.containers?.['200'] ?? '';

async function done(result: ReturnType<Simulated['assign']>): Promise<readonly string[]> {
  const ended = await result;
  if (!ended.ok) throw new Error(`${ended.problem.message} ${ended.problem.hint}`);
  return ended.value.flatMap(({ remarks }) => remarks.map(({ id }) => id));
}

describe('there and back', () => {
  test.each(DISTRIBUTIONS)('$name running, asked by pct exec', async ({ ostype, groups, gid }) => {
    const text = own(simulated(NAME)).replace('ostype: debian', `ostype: ${ostype}`);
    const machine = withContainer(text, { containerGroups: { '200': groups } });
    await machine.must('pct', 'start', '200');
    await done(machine.assign({ vmid: 200 }));
    expect(config(machine)).toContain(`\ndev0: /dev/dri/renderD128,gid=${gid},mode=0660,uid=0\n`);
    expect(config(machine)).not.toContain('[pve:pending]');
    await done(machine.unassign(200));
    expect(config(machine)).toContain('[pve:pending]\ndelete: dev0\n');
    await machine.must('pct', 'stop', '200');
    await machine.must('pct', 'start', '200');
    expect(config(machine)).toBe(canonicalCtConfig(text));
  });

  test('stopped, and nothing else of the machine is touched', async () => {
    const machine = simulated(NAME);
    const before = machine.lasting();
    expect(await done(machine.assign({ vmid: 200 }))).toContain('container.gid-guessed');
    await machine.must('pct', 'start', '200');
    await machine.must('pct', 'stop', '200');
    await done(machine.unassign(200));
    expect(machine.lasting()).toEqual({ ...before, [PATH]: canonicalCtConfig(own(machine)) });
  });

  test('a guess that was wrong is put right once the container runs', async () => {
    const machine = simulated(NAME);
    await done(machine.assign({ vmid: 200 }));
    setContainerFile(machine.node.machine, 200, '/etc/group', 'video:x:44:\nrender:x:104:\n');
    await machine.must('pct', 'start', '200');
    await done(machine.assign({ vmid: 200 }));
    expect(config(machine)).toContain('[pve:pending]\ndev0: /dev/dri/renderD128,gid=104,mode=0660,uid=0\n');
    await done(machine.unassign(200));
    await machine.must('pct', 'stop', '200');
    await machine.must('pct', 'start', '200');
    expect(config(machine)).toBe(canonicalCtConfig(own(machine)));
  });

  test('recognised without a ledger, as after a restore', async () => {
    const machine = withContainer(
      own(simulated(NAME)).replace('features', 'dev3: /dev/dri/renderD128,gid=992,mode=0660,uid=0\nfeatures'),
    );
    await done(machine.unassign(200));
    expect(config(machine)).toBe(canonicalCtConfig(own(machine)));
  });

  test('what the user set stays without --force', async () => {
    const text = own(simulated(NAME)).replace('features', 'dev0: /dev/dri/renderD128,gid=104\nfeatures');
    const machine = withContainer(text);
    const refused = await machine.unassign(200);
    expect(refused.ok ? '' : refused.problem.code).toBe('guest.needs-flag');
    expect(config(machine)).toBe(text);
  });

  test('what the user had before comes back', async () => {
    const text = own(simulated(NAME)).replace('features', 'dev0: /dev/dri/renderD128,gid=5\nfeatures');
    const machine = withContainer(text, { containerGroups: { '200': 'render:x:104:\n' } });
    await machine.must('pct', 'start', '200');
    await done(machine.assign({ vmid: 200 }));
    expect(config(machine)).toContain('dev0: /dev/dri/renderD128,gid=5\n');
    await machine.must('pct', 'stop', '200');
    await machine.must('pct', 'start', '200');
    expect(config(machine)).toContain('dev0: /dev/dri/renderD128,gid=104,mode=0660,uid=0');
    await machine.must('pct', 'stop', '200');
    await done(machine.unassign(200));
    expect(config(machine)).toBe(canonicalCtConfig(text));
  });
});

describe('beside VMs', () => {
  test('VFs for VMs and the GPU for containers, nothing edited in between', async () => {
    const machine = simulated('raptor-lake-s');
    await done(machine.assign({ vmid: 200 }));
    await done(machine.assign({ vmid: 101 }));
    await machine.must('pct', 'start', '200');
    await machine.must('qm', 'start', '101');
    expect(config(machine)).toContain('dev0: /dev/dri/renderD128,');
    const { assignments, stale } = await listAssignments(machine.context);
    expect(assignments.map(({ vmid, form, ours }) => [vmid, form, ours])).toEqual([
      [101, 'pool', true],
      [200, 'render', true],
    ]);
    expect(assignments[1]?.devices).toEqual(['0000:00:02.0']);
    expect(stale).toEqual([]);
  });

  test('several containers share one GPU', async () => {
    const text = own(simulated(NAME));
    const machine = new Simulated({ ...profileOf(NAME), containers: { '200': text, '201': text, '202': text } });
    for (const vmid of [200, 201, 202]) {
      await done(machine.assign({ vmid }));
      await machine.must('pct', 'start', String(vmid));
    }
  });
});

describe('the node vanished', () => {
  test('PVE does not start it; status and assignments say why, and giving the GPU back is enough', async () => {
    const machine = simulated(NAME);
    await done(machine.assign({ vmid: 200 }));
    bind(machine, 'vfio-pci');
    expect((await machine.run('pct', 'start', '200')).text).toContain('Device /dev/dri/renderD128 does not exist');
    const { stale } = await listAssignments(machine.context);
    expect(stale).toEqual([
      {
        vmid: 200,
        key: 'dev0',
        text: 'dev0 of container 200: /dev/dri/renderD128 does not exist now, since 0000:00:02.0 is bound to vfio-pci for a VM. Proxmox VE does not start container 200, and asks no hookscript before.',
        remedy: 'Give the GPU back to the host (pveigpu apply host or sriov), or take the entry out: pveigpu unassign 200',
      },
    ]);
    expect((await readStatus(machine.context)).stale).toEqual(stale);
    const again = await machine.assign({ vmid: 200 });
    expect(again.ok ? '' : again.problem.message).toContain('bound to vfio-pci for a VM (gvt-d)');
    bind(machine, 'i915');
    expect((await listAssignments(machine.context)).stale).toEqual([]);
    await machine.must('pct', 'start', '200');
  });

  test('it can be taken out while the GPU is away', async () => {
    const machine = simulated(NAME);
    await done(machine.assign({ vmid: 200 }));
    bind(machine, 'vfio-pci');
    await done(machine.unassign(200));
    expect(config(machine)).toBe(canonicalCtConfig(own(machine)));
  });

  test('another entry that is stale as well does not undo what PVE has written', async () => {
    const text = own(simulated(NAME)).replace('features', 'dev5: /dev/ttyUSB0\nfeatures');
    const machine = withContainer(text);
    await done(machine.assign({ vmid: 200 }));
    expect(config(machine)).toContain('dev0: /dev/dri/renderD128,');
    expect(machine.said.join()).toContain('container 200 is changed, but it cannot start so:');
    await done(machine.unassign(200));
    expect(config(machine)).toBe(canonicalCtConfig(text));
  });

  test('other numbers: one command mends it', async () => {
    const text = own(simulated(NAME)).replace('features', 'dev0: /dev/dri/renderD140,gid=104,mode=0660,uid=0\nfeatures');
    const machine = withContainer(text);
    expect((await listAssignments(machine.context)).stale[0]?.remedy).toBe('pveigpu assign 200');
    await done(machine.assign({ vmid: 200 }));
    expect(config(machine)).toContain('dev0: /dev/dri/renderD128,gid=104,mode=0660,uid=0');
    expect((await listAssignments(machine.context)).stale).toEqual([]);
    await machine.must('pct', 'start', '200');
  });
});

describe('the lines of the guides', () => {
  const RAW =
    'lxc.cgroup2.devices.allow: c 226:128 rwm\nlxc.apparmor.profile: unconfined\nlxc.mount.entry: /dev/dri dev/dri none bind,optional,create=dir\n';

  test('are listed, converted on request, and come back in their order', async () => {
    const text = `${own(simulated(NAME))}${RAW}`;
    const machine = withContainer(text);
    const rows = (await listAssignments(machine.context)).assignments.map(({ key, form, ours }) => [key, form, ours]);
    expect(rows).toEqual([['lxc.mount.entry', 'render', false]]);
    const refused = await machine.assign({ vmid: 200 });
    expect(refused.ok ? '' : refused.problem.code).toBe('guest.needs-flag');
    await done(machine.assign({ vmid: 200, share: { convert: true } }));
    expect(config(machine)).toContain('dev0: /dev/dri/renderD128,gid=992');
    expect(config(machine)).toContain('\nlxc.apparmor.profile: unconfined\n');
    expect(config(machine)).not.toContain('226:128');
    await machine.must('pct', 'start', '200');
    await machine.must('pct', 'stop', '200');
    await done(machine.unassign(200));
    expect(config(machine)).toBe(canonicalCtConfig(text));
  });
});

describe('taking everything back', () => {
  test('gives a container its own lines again', async () => {
    const text = `${own(simulated(NAME))}lxc.mount.entry: /dev/dri dev/dri none bind,optional,create=dir\n`;
    const machine = withContainer(text);
    await done(machine.assign({ vmid: 200, share: { convert: true } }));
    await done(
      machine.carryOut(async () => await planRollback(machine.context, { to: 'all', force: true }, { hookStub: HOOK_STUB })),
    );
    expect(config(machine)).toBe(canonicalCtConfig(text));
  });
});

describe('the container does not answer', () => {
  test('hostile and absent files are no answer, and that is said', async () => {
    const machine = simulated(NAME);
    await machine.must('pct', 'start', '200');
    setContainerFile(machine.node.machine, 200, '/etc/group', 'render:x:4294967295:\nrender:x:1,uid=0:\n\u001b[31mvideo:x:44:\n');
    const planned = await machine.assign({ vmid: 200 });
    expect(planned.ok ? '' : planned.problem.message).toBe('container 200 has no group render and none called video.');
  });
});

function profileOf(name: string): Profile {
  const profile = findProfile(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
}

/** Gives the GPU to another driver, as a VM with all of it does. */
function bind(machine: Simulated, driver: string): void {
  const { kernel } = machine.node.machine;
  const device = '/sys/bus/pci/devices/0000:00:02.0';
  kernel.modprobe(driver === 'vfio-pci' ? 'vfio-pci' : driver);
  kernel.write(`${device}/driver/unbind`, '0000:00:02.0');
  kernel.write(`${device}/driver_override`, driver === 'vfio-pci' ? driver : '\n');
  kernel.write('/sys/bus/pci/drivers_probe', '0000:00:02.0');
}
