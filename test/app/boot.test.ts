// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bootVfs } from '../../src/app/boot.ts';
import { planVfCreate } from '../../src/app/vf.ts';
import { type Simulated, simulated } from './simulated.ts';

const PF = '0000:00:02.0';
const RAPTOR_KEY = `${PF} 8086:a780 1458:d000`;
const SYS = '/sys/bus/pci/devices';

/** A node whose user asked for VFs, after a reboot. */
async function rebooted(
  gpus: { readonly [key: string]: object } = { [RAPTOR_KEY]: { mode: 'sriov', numVfs: 3 } },
  profile = 'raptor-lake-s',
  options: Parameters<typeof simulated>[1] = {},
): Promise<Simulated> {
  const node = simulated(profile, options);
  node.node.machine.tree.setFile('/var/lib/pveigpu/desired.json', JSON.stringify({ format: 1, gpus }));
  expect(await node.node.reboot()).toEqual({ booted: true });
  return node;
}

function vfDrivers(node: Simulated, pf = PF): readonly (string | null)[] {
  const { tree, kernel } = node.node.machine;
  const links = (tree.names(`${SYS}/${pf}`) ?? []).filter((name) => /^virtfn\d+$/.test(name)).sort();
  return links.map((link) => {
    const found = tree.lookup(`${SYS}/${pf}/${link}`, false);
    const target = 'node' in found && found.node.kind === 'symlink' ? found.node.target : '';
    return kernel.driverOf(target.split('/').at(-1) ?? '');
  });
}

const three = ['vfio-pci', 'vfio-pci', 'vfio-pci'];

describe('after a reboot', () => {
  test('the VFs that are desired are there and bound, and a guest starts without our hook', async () => {
    const node = await rebooted();
    expect(vfDrivers(node)).toEqual([]);
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: true, vfs: 3 }]);
    expect(vfDrivers(node)).toEqual(three);
    expect(node.said).toEqual([expect.stringContaining('Made 3 VFs'), 'The GPU 0000:00:02.0 has 3 VFs, ready for guests.']);
    node.writeConfig(110, `cores: 1\nhostpci0: 0000:00:02.2\nmemory: 64\nname: plain\nostype: l26\n`);
    await node.must('qm', 'start', '110');
    expect(node.held()).toEqual(['0000:00:02.2 110']);
  });

  test('twice is as once, with a guest on a VF', async () => {
    const node = await rebooted();
    await bootVfs(node.context);
    node.writeConfig(110, `cores: 1\nhostpci0: 0000:00:02.2\nmemory: 64\nname: plain\nostype: l26\n`);
    await node.must('qm', 'start', '110');
    const writes: string[] = [];
    const host = new Proxy(node.node, {
      get: (target, name) => {
        if (name === 'poke') return async (path: string) => writes.push(path);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    expect(await bootVfs({ ...node.context, host })).toEqual([{ bdf: PF, ready: true, vfs: 3 }]);
    expect(writes).toEqual([]);
  });

  test('as many as the driver offers where no number was given', async () => {
    const node = await rebooted({ [RAPTOR_KEY]: { mode: 'sriov' } });
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: true, vfs: 7 }]);
  });

  test('VFs on a driver of the host are taken from it', async () => {
    const node = await rebooted();
    await node.node.poke(`${SYS}/${PF}/sriov_numvfs`, '3');
    expect(vfDrivers(node)).toEqual(['i915', 'i915', 'i915']);
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: true, vfs: 3 }]);
    expect(vfDrivers(node)).toEqual(three);
  });

  test('nothing below /etc/pve is read, and no program of PVE is called', async () => {
    const touched: string[] = [];
    const beforeOperation = (operation: string, path: string) => void touched.push(`${operation} ${path}`);
    const node = await rebooted(undefined, undefined, { faults: { beforeOperation } });
    touched.length = 0;
    await bootVfs(node.context);
    expect(touched.length).toBeGreaterThan(10);
    expect(touched.filter((one) => /\/etc\/pve|qm$|pvesh$|pct$/.test(one))).toEqual([]);
  });

  test('a node without wishes is left as it is', async () => {
    const node = simulated('raptor-lake-s');
    expect(await bootVfs(node.context)).toEqual([]);
    expect(vfDrivers(node)).toEqual([]);
    expect(node.said).toEqual([]);
  });
});

describe('what goes wrong is one line, and it ends in time', () => {
  test('the driver is missing', async () => {
    const node = await rebooted();
    await node.node.poke(`/sys/bus/pci/drivers/i915/unbind`, PF);
    const startMs = node.node.clock.nowMs();
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 0 }]);
    expect(node.node.clock.nowMs() - startMs).toBeLessThan(31_000);
    expect(node.said).toEqual(['The GPU 0000:00:02.0 has no VFs: no driver took the GPU 0000:00:02.0 within 30 s.']);
  });

  test('the driver is missing and udev has nothing left to do: given up early', async () => {
    const node = await rebooted();
    await node.node.poke(`/sys/bus/pci/drivers/i915/unbind`, PF);
    node.node.machine.tree.setFile('/run/udev/control', '');
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 0 }]);
    expect(node.said).toEqual([expect.stringContaining('no driver took the GPU 0000:00:02.0 within 5 s')]);
  });

  test('the driver comes late', async () => {
    const node = await rebooted();
    await node.node.poke(`/sys/bus/pci/drivers/i915/unbind`, PF);
    const { clock } = node.node;
    let slept = 0;
    const sleep = async (ms: number) => {
      await clock.sleep(ms);
      slept += ms;
      if (slept === 8000) await node.node.poke('/sys/bus/pci/drivers/i915/bind', PF);
    };
    const context = { ...node.context, clock: { nowMs: () => clock.nowMs(), sleep } };
    expect(await bootVfs(context)).toEqual([{ bdf: PF, ready: true, vfs: 3 }]);
  });

  test('the driver link is there but its probe does not end', async () => {
    const errno = (operation: string, path: string) =>
      operation === 'read' && path.endsWith('/sriov_numvfs') ? 'ETIMEDOUT' : undefined;
    const node = await rebooted(undefined, undefined, { faults: { errno } });
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 0 }]);
    expect(node.said).toEqual(['The GPU 0000:00:02.0 has no VFs: the driver i915 of 0000:00:02.0 is still starting.']);
    expect(vfDrivers(node)).toEqual([]);
  });

  test('the GPU is another one now: it is named, and nothing is done to it', async () => {
    const other = `${PF} 8086:46a6 1043:8694`;
    const node = await rebooted({ [other]: { mode: 'sriov', numVfs: 3 } });
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 0 }]);
    expect(node.said).toEqual([expect.stringContaining(`is ${RAPTOR_KEY}, not the one that was set up (${other})`)]);
    expect(vfDrivers(node)).toEqual([]);
  });

  test('the GPU has moved to another address', async () => {
    const node = await rebooted({ '0000:03:00.0 8086:a780 1458:d000': { mode: 'sriov', numVfs: 3 } });
    expect(await bootVfs(node.context)).toEqual([{ bdf: '0000:03:00.0', ready: false, vfs: 0 }]);
    expect(node.said).toEqual(['The GPU 0000:03:00.0 has no VFs: there is no device 0000:03:00.0.']);
  });

  test('the whole GPU belongs to VFIO', async () => {
    const node = await rebooted();
    await node.must('modprobe', 'vfio-pci');
    await node.node.poke(`${SYS}/${PF}/driver_override`, 'vfio-pci');
    await node.node.poke(`/sys/bus/pci/drivers/i915/unbind`, PF);
    await node.node.poke('/sys/bus/pci/drivers_probe', PF);
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 0 }]);
    expect(node.said).toEqual([expect.stringContaining('bound to vfio-pci as a whole')]);
  });

  test('another number of VFs exists: they are bound, and never taken away', async () => {
    const node = await rebooted();
    await node.node.poke(`${SYS}/${PF}/sriov_drivers_autoprobe`, '0');
    await node.node.poke(`${SYS}/${PF}/sriov_numvfs`, '2');
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 2 }]);
    expect(vfDrivers(node)).toEqual(['vfio-pci', 'vfio-pci']);
    expect(node.said).toEqual([expect.stringContaining('has 2 VFs, not 3')]);
  });

  test('a VF that a process uses stays with it, the others are bound', async () => {
    const node = await rebooted();
    await node.node.poke(`${SYS}/${PF}/sriov_numvfs`, '3');
    node.node.machine.kernel.startProcess({ command: 'ffmpeg', argv: ['ffmpeg'], open: ['/dev/dri/renderD129'] });
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 3 }]);
    expect(vfDrivers(node)).toEqual(['i915', 'vfio-pci', 'vfio-pci']);
    expect(node.said).toEqual([expect.stringMatching(/^The VF 0000:00:02\.1 was not bound: 0000:00:02\.1 is in use by process/)]);
  });

  test('the driver refuses', async () => {
    const node = await rebooted();
    node.node.inject({ enableErrno: 'EIO' });
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 0 }]);
    expect(node.said).toEqual([expect.stringContaining('refused "3": EIO')]);
  });

  test('the driver makes fewer', async () => {
    const node = await rebooted();
    node.node.inject({ enableAtMost: 2 });
    expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: false, vfs: 2 }]);
    expect(vfDrivers(node)).toEqual(['vfio-pci', 'vfio-pci']);
    expect(node.said.at(-1)).toContain('has 2 VFs, not 3');
  });

  test('the wishes cannot be read', async () => {
    const node = await rebooted();
    node.node.machine.tree.setFile('/var/lib/pveigpu/desired.json', '{');
    expect(await bootVfs(node.context)).toEqual([]);
    expect(node.said).toEqual([expect.stringMatching(/^No VFs were made: /)]);
  });

  test('somebody else holds the device lock for too long', async () => {
    const node = await rebooted();
    const held = await node.node.lock('/run/pveigpu/device.lock', { timeoutMs: 10 });
    expect(held.ok).toBe(true);
    expect(await bootVfs(node.context, 300)).toEqual([{ bdf: PF, ready: false, vfs: 0 }]);
    expect(vfDrivers(node)).toEqual([]);
  });
});

test('Panther Lake gets the VFIO driver of its generation, as vf create gives it', async () => {
  const created = simulated('panther-lake');
  const plans = await created.carryOut(async () => await planVfCreate(created.context, { count: 2 }));
  expect(plans.ok).toBe(true);
  const { tree } = created.node.machine;
  const id = (name: string) => tree.text(`${SYS}/${PF}/${name}`)?.trim().replace('0x', '');
  const key = `${PF} 8086:${id('device')} ${id('subsystem_vendor')}:${id('subsystem_device')}`;
  const node = await rebooted({ [key]: { mode: 'sriov', numVfs: 2 } }, 'panther-lake');
  expect(await bootVfs(node.context)).toEqual([{ bdf: PF, ready: true, vfs: 2 }]);
  expect(vfDrivers(node)).toEqual(vfDrivers(created));
});
