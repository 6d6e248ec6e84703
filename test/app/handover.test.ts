// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bootVfs } from '../../src/app/boot.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { detachConsoles } from '../../src/app/hook/host-consoles.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { runHook } from '../../src/app/run-hook.ts';
import { planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import type { Host } from '../../src/ports/host.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { Simulated, simulated } from './simulated.ts';

const GPU = '0000:00:02.0';
const RECORD = `/run/pveigpu/handover/${GPU}`;
const SIGN = '/var/lib/pveigpu/handover/101';
const WISH: AssignRequest = { vmid: 101, mode: 'gvt-d', whole: { handover: true } };

function done(result: Result<readonly Plan[]>): readonly Plan[] {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

/** A node whose VM 101 has the whole GPU by hand-over. */
async function handedOver(): Promise<Simulated> {
  const node = simulated('raptor-lake-s-untouched');
  done(await node.assign(WISH));
  return node;
}

function driver(node: Simulated): string | null {
  return node.node.machine.kernel.driverOf(GPU) ?? null;
}

function console(node: Simulated): string | undefined {
  return node.node.machine.tree.text('/sys/class/vtconsole/vtcon1/bind')?.trim();
}

function hasFile(node: Simulated, path: string): boolean {
  return node.node.machine.tree.get(path) !== undefined;
}

describe('hand-over of the whole GPU', () => {
  test('taken when the guest starts, given back with its consoles when it has stopped', async () => {
    const node = await handedOver();
    const before = [driver(node), console(node), hasFile(node, '/dev/dri/renderD128')];
    expect(before).toEqual(['i915', '1', true]);
    const started = await node.must('qm', 'start', '101');
    expect(started).toContain(`${GPU} was taken from i915 and its consoles`);
    expect([driver(node), console(node), hasFile(node, '/dev/dri/renderD128')]).toEqual(['vfio-pci', undefined, false]);
    expect(node.held()).toEqual([`${GPU} 101`]);
    await node.must('qm', 'stop', '101');
    expect([driver(node), console(node), hasFile(node, '/dev/dri/renderD128')]).toEqual(before);
    expect(hasFile(node, RECORD)).toBe(false);
    expect(await node.node.read(`/sys/bus/pci/devices/${GPU}/driver_override`)).toEqual({ kind: 'content', value: '(null)\n' });
  });

  test('again and again', async () => {
    const node = await handedOver();
    for (let round = 0; round < 3; round += 1) {
      await node.must('qm', 'start', '101');
      await node.must('qm', 'stop', '101');
    }
    expect([driver(node), console(node)]).toEqual(['i915', '1']);
  });

  test('without a display any more the GPU comes back, and no console is waited for without end', async () => {
    const node = await handedOver();
    const device = node.node.machine.kernel.state.devices.get(GPU);
    if (device === undefined) throw new Error('no GPU');
    await node.must('qm', 'start', '101');
    Object.assign(device, { profile: { ...device.profile, connectors: { 'HDMI-A-1': 'disconnected' } } });
    expect(await node.must('qm', 'stop', '101')).toContain('The console vtcon1 did not come back, as without a display.');
    expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', undefined, false]);
  });

  test('a run that was killed between two drivers: the next start takes the GPU, whose consoles are gone', async () => {
    const node = await handedOver();
    const record = { gpu: GPU, vmid: 101, driver: 'i915', consoles: ['vtcon1'], framebuffer: null, sounds: [] };
    node.node.machine.tree.setFile(RECORD, JSON.stringify(record));
    node.node.machine.kernel.write('/sys/class/vtconsole/vtcon1/bind', '0');
    node.node.machine.kernel.write('/sys/bus/pci/drivers/i915/unbind', GPU);
    expect(console(node)).toBe(undefined);
    await node.must('qm', 'start', '101');
    expect(driver(node)).toBe('vfio-pci');
    await node.must('qm', 'stop', '101');
    expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', '1', false]);
  });

  test('unassign takes everything back', async () => {
    const node = simulated('raptor-lake-s-untouched');
    const before = node.lasting();
    done(await node.assign(WISH));
    expect(hasFile(node, SIGN)).toBe(true);
    expect(done(await node.assign(WISH))[0]?.steps).toEqual([]);
    done(await node.unassign(101));
    expect(hasFile(node, SIGN)).toBe(false);
    expect(node.lasting()).toEqual(before);
  });

  test('refused while somebody has /dev/dri open, and nothing is taken', async () => {
    const node = await handedOver();
    node.node.machine.kernel.startProcess({ command: 'plex', argv: ['plex'], open: ['/dev/dri/renderD128'] });
    const { exitCode, text } = await node.run('qm', 'start', '101');
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/VM 101 is not started: 0000:00:02.0 is in use on the host by process \d+ \(plex\)/);
    expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', '1', false]);
  });

  test('refused while a VF exists', async () => {
    const node = simulated('raptor-lake-s');
    done(await node.assign(WISH));
    node.node.machine.kernel.write(`/sys/bus/pci/devices/${GPU}/sriov_numvfs`, '2');
    const { exitCode, text } = await node.run('qm', 'start', '101');
    expect(exitCode).not.toBe(0);
    expect(text).toContain('whose 2 VFs exist');
    expect([driver(node), console(node)]).toEqual(['i915', '1']);
  });

  test('refused while a mediated device exists', async () => {
    const node = simulated('coffee-lake');
    node.writeConfig(103, `${node.config(103)}hookscript: local:snippets/pveigpu-hook\n`);
    const request: AssignRequest = { vmid: 103, mode: 'gvt-d', whole: { handover: true, noVga: true } };
    done(await node.assign(request));
    const create = `/sys/bus/pci/devices/${GPU}/mdev_supported_types/i915-GVTg_V5_8/create`;
    expect(node.node.machine.kernel.write(create, '00000000-0000-0000-0000-000000000100')).toBe('ok');
    const { exitCode, text } = await node.run('qm', 'start', '103');
    expect(exitCode).not.toBe(0);
    expect(text).toContain('the mediated device 00000000-0000-0000-0000-000000000100');
    expect(driver(node)).toBe('i915');
  });

  test('a start that fails after it: the next guest, or the hook by hand, gives the GPU back', async () => {
    const node = await handedOver();
    node.writeConfig(101, `${node.config(101)}hostpci1: 0000:00:1e.7\n`);
    expect((await node.run('qm', 'start', '101')).exitCode).not.toBe(0);
    expect([driver(node), hasFile(node, RECORD)]).toEqual(['vfio-pci', true]);
    node.writeConfig(101, node.config(101).replace('hostpci1: 0000:00:1e.7\n', ''));
    await node.must('qm', 'start', '101');
    await node.must('qm', 'stop', '101');
    expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', '1', false]);
  });

  test('a GPU that vfio-pci does not take goes back at once, and the guest is not started', async () => {
    const node = await handedOver();
    const device = node.node.machine.kernel.state.devices.get(GPU);
    if (device === undefined) throw new Error('no GPU');
    device.iommuGroup = null;
    const { exitCode, text } = await node.run('qm', 'start', '101');
    expect(exitCode).not.toBe(0);
    expect(text).toContain('could not be taken from the host: vfio-pci did not take 0000:00:02.0');
    expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', '1', false]);
  });

  test('a GPU that somebody still has open stays noted, and comes back by the same hook later', async () => {
    const node = await handedOver();
    const { kernel, tree } = node.node.machine;
    await node.must('qm', 'start', '101');
    const group = tree.lookup(`/sys/bus/pci/devices/${GPU}/iommu_group`);
    const open = [`/dev/vfio/${'path' in group ? group.path.split('/').at(-1) : ''}`];
    const { pid } = kernel.startProcess({ command: 'holder', argv: ['holder'], open });
    const stopped = await node.run('qm', 'stop', '101');
    expect(stopped.text).toContain(`is not given back to the host: it is in use by process ${pid} (holder)`);
    expect([driver(node), hasFile(node, RECORD)]).toEqual(['vfio-pci', true]);
    kernel.endProcess(pid);
    expect(await runHook(node.context, { vmid: 101, phase: 'post-stop', lockHeld: false })).toBe(0);
    expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', '1', false]);
  });

  test('a GPU that waits on vfio-pci since boot stays there', async () => {
    const node = await handedOver();
    const { kernel } = node.node.machine;
    kernel.write(`/sys/bus/pci/devices/${GPU}/driver_override`, 'vfio-pci');
    await node.must('modprobe', 'vfio-pci');
    kernel.write('/sys/bus/pci/drivers/i915/unbind', GPU);
    kernel.write('/sys/bus/pci/drivers_probe', GPU);
    await node.must('qm', 'start', '101');
    await node.must('qm', 'stop', '101');
    expect(driver(node)).toBe('vfio-pci');
  });
});

describe('a late write of a hook that was killed', () => {
  test('takes the console away while it is taken off: it is off', async () => {
    const { node } = await handedOver();
    const poke: Host['poke'] = async (...args) => {
      node.machine.kernel.write('/sys/bus/pci/drivers/i915/unbind', GPU);
      return await node.poke(...args);
    };
    const host: Pick<Host, 'stat' | 'poke'> = { stat: async (path) => await node.stat(path), poke };
    expect(node.machine.tree.get('/sys/class/vtconsole/vtcon1')).toBeDefined();
    expect(await detachConsoles(host as Host, ['vtcon1'])).toBe(null);
    expect(node.machine.tree.get('/sys/class/vtconsole/vtcon1')).toBeUndefined();
  });

  const OVERRIDE = `/sys/bus/pci/devices/${GPU}/driver_override`;
  const override = (node: Simulated) => node.node.machine.tree.text(OVERRIDE)?.trim();

  /** A node whose GPU went back, after which somebody set its override. */
  async function lateAfterStop(): Promise<Simulated> {
    const node = await handedOver();
    await node.must('qm', 'start', '101');
    await node.must('qm', 'stop', '101');
    node.node.machine.kernel.write(OVERRIDE, 'vfio-pci');
    expect([driver(node), override(node)]).toEqual(['i915', 'vfio-pci']);
    return node;
  }

  test.each([
    [
      'the hook by hand',
      async (node: Simulated) => void (await runHook(node.context, { vmid: 101, phase: 'post-stop', lockHeld: false })),
    ],
    ['pveigpu boot', async (node: Simulated) => void (await bootVfs(node.context))],
    [
      'the next start of another guest',
      async (node: Simulated) => {
        node.writeConfig(104, 'memory: 64\nhostpci0: 0000:00:1e.7\n');
        await runHook(node.context, { vmid: 104, phase: 'pre-start', lockHeld: false });
      },
    ],
  ])('that comes after the return is cleared by %s', async (_who, run) => {
    const node = await lateAfterStop();
    await run(node);
    expect([driver(node), override(node)]).toEqual(['i915', '(null)']);
    await node.must('qm', 'start', '101');
    expect([driver(node), override(node)]).toEqual(['vfio-pci', 'vfio-pci']);
    await runHook(node.context, { vmid: 104, phase: 'post-stop', lockHeld: false });
    expect(override(node)).toBe('vfio-pci');
    await node.must('qm', 'stop', '101');
    expect([driver(node), override(node)]).toEqual(['i915', '(null)']);
  });

  test('that comes while the GPU goes back is cleared at the end of it', async () => {
    const profile = findProfile('raptor-lake-s-untouched');
    if (profile === undefined) throw new Error('no profile');
    let late = 0;
    const node: Simulated = new Simulated(profile, {
      faults: {
        beforeOperation: (operation, path) => {
          if (operation !== 'remove' || path !== RECORD) return;
          late += 1;
          node.node.machine.kernel.write(OVERRIDE, 'vfio-pci');
        },
      },
    });
    done(await node.assign(WISH));
    await node.must('qm', 'start', '101');
    expect(await node.must('qm', 'stop', '101')).toContain(`set ${GPU} aside for vfio-pci again; it is cleared.`);
    expect([late, driver(node), override(node)]).toEqual([1, 'i915', '(null)']);
  });

  test('while another hook holds the lock it stays for the next run, and what we never gave back is left alone', async () => {
    const node = await lateAfterStop();
    const lock = await node.node.lock('/run/pveigpu/device.lock', { timeoutMs: 0 });
    if (!lock.ok) throw new Error(lock.problem.message);
    expect(await runHook(node.context, { vmid: 101, phase: 'post-stop', lockHeld: false, lockWaitMs: 0 })).toBe(0);
    expect(override(node)).toBe('vfio-pci');
    await lock.value.release();
    const other = await handedOver();
    other.node.machine.kernel.write(OVERRIDE, 'vfio-pci');
    await bootVfs(other.context);
    await runHook(other.context, { vmid: 101, phase: 'post-stop', lockHeld: false });
    expect(override(other)).toBe('vfio-pci');
  });
});

describe('back to the host from another mode', () => {
  const said = async (node: Simulated) => {
    const plan = await planHostSetup(node.context, { mode: 'host' });
    if (!plan.ok) throw new Error(plan.problem.message);
    return plan.value.remarks.filter(({ id }) => /^setup\.(guest|container)-/.test(id)).map(({ id, text }) => `${id} ${text}`);
  };

  test.each(['sriov', 'gvt-d'] as const)(
    'from %s: a guest by hand-over can still start, and only while it runs it is in the way',
    async (mode) => {
      const node = simulated('raptor-lake-s');
      const plan = await planHostSetup(node.context, { mode });
      if (!plan.ok) throw new Error(plan.problem.message);
      const applied = await applyPlan(node.context, plan.value, { force: true });
      if (!applied.ok) throw new Error(applied.problem.message);
      if (mode === 'sriov') done(await node.carryOut(async () => await planVfRemove(node.context, { forNow: true })));
      done(await node.assign(WISH));
      expect(await said(node)).toEqual([]);
      node.node.machine.tree.remove(SIGN);
      expect(await said(node)).toEqual([
        'setup.guest-assigned VM 101 has the whole GPU (hostpci0), which there is none of in the mode host. A start would pull it from under the host.',
      ]);
    },
  );

  test('a guest that has the GPU by hand-over and runs', async () => {
    const node = simulated('raptor-lake-s');
    done(await node.carryOut(async () => await planVfCreate(node.context, { count: 3 })));
    done(await node.carryOut(async () => await planVfRemove(node.context, { forNow: true })));
    done(await node.assign(WISH));
    await node.must('qm', 'start', '101');
    expect(driver(node)).toBe('vfio-pci');
    expect(await said(node)).toEqual(['setup.guest-runs VM 101 has the whole GPU (hostpci0) by hand-over. It runs now.']);
  });
});

describe('what goes with the GPU', () => {
  const SOUND = '0000:00:0e.0';

  test('the sound function comes back to its driver, and nothing is left that would take it again', async () => {
    const node = simulated('apollo-lake');
    done(await node.assign({ vmid: 101, mode: 'gvt-d', whole: { handover: true, audio: true, noVga: true, machine: 'pc' } }));
    expect(node.config(101)).toContain(SOUND);
    const soundDriver = () => node.node.machine.kernel.driverOf(SOUND);
    expect(soundDriver()).toBe('snd_hda_intel');
    for (let round = 0; round < 2; round += 1) {
      await node.must('qm', 'start', '101');
      expect([driver(node), soundDriver()]).toEqual(['vfio-pci', 'vfio-pci']);
      await node.must('qm', 'stop', '101');
      expect([driver(node), soundDriver(), hasFile(node, RECORD)]).toEqual(['i915', 'snd_hda_intel', false]);
    }
    expect(node.node.machine.kernel.state.drivers.get('vfio-pci')?.dynamicIds.size).toBe(0);
    expect(await node.node.read(`/sys/bus/pci/devices/${SOUND}/driver_override`)).toEqual({ kind: 'content', value: '(null)\n' });
  });

  test('a run that was killed before it took the sound: the next start takes it', async () => {
    const node = simulated('apollo-lake');
    done(await node.assign({ vmid: 101, mode: 'gvt-d', whole: { handover: true, audio: true, noVga: true, machine: 'pc' } }));
    await node.must('qm', 'start', '101');
    const { kernel } = node.node.machine;
    const record = node.node.machine.tree.text(RECORD) ?? '';
    await node.must('qm', 'stop', '101');
    node.node.machine.tree.setFile(RECORD, record);
    kernel.write(`/sys/bus/pci/devices/${GPU}/driver_override`, 'vfio-pci');
    kernel.write('/sys/bus/pci/drivers/i915/unbind', GPU);
    kernel.write('/sys/bus/pci/drivers_probe', GPU);
    expect([driver(node), kernel.driverOf(SOUND)]).toEqual(['vfio-pci', 'snd_hda_intel']);
    await node.must('qm', 'start', '101');
    expect(kernel.driverOf(SOUND)).toBe('vfio-pci');
    expect(kernel.state.drivers.get('vfio-pci')?.dynamicIds.size).toBe(0);
    await node.must('qm', 'stop', '101');
    expect([driver(node), kernel.driverOf(SOUND), hasFile(node, RECORD)]).toEqual(['i915', 'snd_hda_intel', false]);
  });

  test('sound that the host plays keeps the guest from starting, and the GPU stays', async () => {
    const node = simulated('apollo-lake');
    done(await node.assign({ vmid: 101, mode: 'gvt-d', whole: { handover: true, audio: true, noVga: true, machine: 'pc' } }));
    const { kernel, tree } = node.node.machine;
    tree.setDirectory(`/sys/bus/pci/devices/${SOUND}/sound/card0/pcmC0D3p`);
    tree.setFile('/dev/snd/pcmC0D3p', '');
    kernel.startProcess({ command: 'mpd', argv: ['mpd'], open: ['/dev/snd/pcmC0D3p'] });
    const { exitCode, text } = await node.run('qm', 'start', '101');
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(/0000:00:0e.0 is in use by process \d+ \(mpd\)/);
    expect([driver(node), kernel.driverOf(SOUND), hasFile(node, RECORD)]).toEqual(['i915', 'snd_hda_intel', false]);
  });

  /** VFs as desired, taken away for the time, and VM 101 with the GPU by hand-over. */
  async function inTurns(): Promise<Simulated> {
    const node = simulated('raptor-lake-s');
    done(await node.assign(WISH));
    done(await node.carryOut(async () => await planVfCreate(node.context, { count: 3 })));
    const refused = await node.run('qm', 'start', '101');
    expect(refused.text).toContain('pveigpu vf remove --for-now, and they come back');
    done(await node.carryOut(async () => await planVfRemove(node.context, { forNow: true })));
    return node;
  }

  const vfDrivers = (node: Simulated) => [1, 2, 3].map((n) => node.node.machine.kernel.driverOf(`0000:00:02.${n}`));

  test('VFs that are desired are made and bound again after the GPU', async () => {
    const node = await inTurns();
    for (let round = 0; round < 2; round += 1) {
      await node.must('qm', 'start', '101');
      expect(vfDrivers(node)).toEqual([null, null, null]);
      const stopped = await node.must('qm', 'stop', '101');
      expect(stopped).toContain('has 3 VFs, ready for guests');
      expect(vfDrivers(node)).toEqual(['vfio-pci', 'vfio-pci', 'vfio-pci']);
      expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', '1', false]);
      done(await node.carryOut(async () => await planVfRemove(node.context, { forNow: true })));
    }
  });

  test('VFs that are not desired any more stay away', async () => {
    const node = await inTurns();
    done(await node.carryOut(async () => await planVfCreate(node.context, { count: 3 })));
    done(await node.carryOut(async () => await planVfRemove(node.context, {})));
    await node.must('qm', 'start', '101');
    await node.must('qm', 'stop', '101');
    expect([driver(node), ...vfDrivers(node)]).toEqual(['i915', null, null, null]);
  });

  test('VFs that the kernel refuses stay noted, and the same hook makes them later', async () => {
    const node = await inTurns();
    const { kernel } = node.node.machine;
    await node.must('qm', 'start', '101');
    kernel.state.injections.enableErrno = 'ENOMEM';
    const { text } = await node.run('qm', 'stop', '101');
    expect(text).toContain('To try again: pveigpu hook 101 post-stop');
    expect([driver(node), console(node), hasFile(node, RECORD)]).toEqual(['i915', '1', true]);
    delete kernel.state.injections.enableErrno;
    expect(await runHook(node.context, { vmid: 101, phase: 'post-stop', lockHeld: false })).toBe(0);
    expect([...vfDrivers(node), hasFile(node, RECORD)]).toEqual(['vfio-pci', 'vfio-pci', 'vfio-pci', false]);
  });
});
