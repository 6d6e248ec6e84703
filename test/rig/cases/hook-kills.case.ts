// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { installPokeShim, SHOW_POKES, watchPokes } from '../product/poke-shim.ts';
import { boundVfs, GPU, holdVf, resetMachine } from '../product/reset-machine.ts';
import { FULL, withMachine } from './with-machine.ts';

const HOOK = 'PVEIGPU_HOOK=/usr/lib/pveigpu/lib/hook.cjs /usr/lib/pveigpu/share/pveigpu-hook';
const PINNED = '0000:00:02.5';
const VFS = [1, 2, 3, 4, 5, 6, 7].map((vf) => `0000:00:02.${vf}`);
/** VM 201 has one VF, 202 the GPU, 203 all that is at its slot, 204 another VF. */
const GUESTS = { 201: PINNED, 202: '0000:00:02.0', 203: '0000:00:02', 204: '0000:00:02.2' };
const CONFIGS = Object.entries(GUESTS).map(
  ([vmid, host]) => `printf 'memory: 64\\nhostpci0: ${host}\\n' > /etc/pve/qemu-server/${vmid}.conf`,
);
const LOCK_FREE = 'flock -n /run/pveigpu/device.lock true';

/** What the machine is like before the hook begins. */
const STARTS = {
  'without VFs': `echo 1 > ${GPU}/sriov_drivers_autoprobe`,
  'with VFs on i915': `echo 1 > ${GPU}/sriov_drivers_autoprobe; echo 7 > ${GPU}/sriov_numvfs`,
};
type Start = keyof typeof STARTS;

interface Killed {
  readonly killed: string;
  readonly writes: readonly string[];
  readonly again: string;
  readonly vfs: readonly string[];
}

/** The hook of VM 201, killed at its write N, and then once more; all in one guest command. */
async function killAt(machine: VirtualMachine, start: Start, when: string, gap: number): Promise<Killed> {
  const script = `echo 0 > ${GPU}/sriov_numvfs; ${STARTS[start]} || exit 1
${watchPokes({ 'kill-at': String(gap), when })}
timeout -s KILL 40 env ${HOOK} 201 pre-start 2>&1; echo "code $?"; ${LOCK_FREE} && echo lock free
echo ---; ${SHOW_POKES}
echo ---; ${watchPokes()}
timeout -s KILL 40 env ${HOOK} 201 pre-start 2>&1; echo "code $?"; ${LOCK_FREE} && echo lock free`;
  const [killed = '', writes = '', again = ''] = (await machine.must(script, { timeoutMs: 100_000 })).split('---\n');
  return { killed, writes: writes.split('\n').filter((line) => line !== ''), again, vfs: await boundVfs(machine) };
}

/** The writes of a hook that nobody kills. */
async function writesOf(machine: VirtualMachine, start: Start): Promise<readonly string[]> {
  const unharmed = await killAt(machine, start, 'before', 10_000);
  expect(unharmed.killed).toContain('code 0\nlock free');
  return unharmed.writes;
}

/** Every gap; without `RIG=full` one in `step`, with the first and the last. */
function gapsOf(count: number, step: number): readonly number[] {
  const all = Array.from({ length: count }, (_none, index) => index + 1);
  return FULL ? all : all.filter((gap) => gap % step === 1 || gap === count);
}

withMachine('hook killed between two writes', { mode: 'fast' }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}\n${CONFIGS.join('\n')}`);
    await installPokeShim(machine());
  });
  beforeEach(async () => {
    await resetMachine(machine());
    await machine().must('rm -rf /tmp/pokes /run/qemu-server; echo Y > /sys/module/i915/parameters/rig_sriov');
  });

  const whens = ['before', 'after', 'late'] as const;
  test.each(whens)('%s any write of a hook that makes the VFs: the next run reconciles', { timeout: 900_000 }, async (when) => {
    const writes = await writesOf(machine(), 'without VFs');
    // Autoprobe off, the number, and for each VF the override and the probe.
    expect(writes).toHaveLength(2 + 2 * VFS.length);
    for (const gap of gapsOf(writes.length, when === 'after' ? 8 : 15)) {
      const run = await killAt(machine(), 'without VFs', when, gap);
      const at = `gap ${gap}: ${run.killed}${run.writes.join('\n')}\n${run.again}`;
      expect(run.killed, at).toMatch(/ended by signal 9[\s\S]*code 0\nlock free/);
      expect(run.writes, at).toEqual(writes.slice(0, gap));
      expect(run.again, at).toContain('code 0\nlock free');
      // Every VF is there and its guest's is bound. Others that the dead hook did not reach wait for their own guests' hooks.
      expect(
        run.vfs.map((line) => line.split(' ')[0]),
        at,
      ).toEqual(VFS);
      expect(run.vfs, at).toContain(`${PINNED} vfio-pci`);
      for (const line of run.vfs) expect(line, at).toMatch(/ (vfio-pci|none)$/);
    }
  });

  test('VFs that a killed hook left unbound are bound by the hook of their guest, and by vf create', async () => {
    const run = await killAt(machine(), 'without VFs', 'after', 4);
    expect(run.vfs).toEqual(VFS.map((vf) => `${vf} ${vf === PINNED ? 'vfio-pci' : 'none'}`));
    const other = await hook(machine(), 204);
    expect(other.code, other.stderr).toBe(0);
    expect(await boundVfs(machine())).toContain('0000:00:02.2 vfio-pci');
    const all = await pveigpu(machine(), 'vf create 7 --yes');
    expect(all.code, all.stderr).toBe(0);
    expect(await boundVfs(machine())).toEqual(VFS.map((vf) => `${vf} vfio-pci`));
  });

  test('killed while it takes its VF from i915: the next run reconciles', { timeout: 600_000 }, async () => {
    const writes = await writesOf(machine(), 'with VFs on i915');
    expect(writes).toHaveLength(3);
    for (const when of FULL ? ['before', 'after'] : ['after']) {
      for (const gap of FULL ? [1, 2, 3] : [1, 2]) {
        const run = await killAt(machine(), 'with VFs on i915', when, gap);
        const at = `${when} ${gap}: ${run.killed}${run.again}`;
        expect(run.killed, at).toMatch(/ended by signal 9[\s\S]*code 0\nlock free/);
        expect(run.again, at).toContain('code 0\nlock free');
        // The VFs of others stay where they are.
        expect(run.vfs, at).toEqual(VFS.map((vf) => `${vf} ${vf === PINNED ? 'vfio-pci' : 'i915'}`));
      }
    }
  });

  test('a guest on a VF: nothing is written to the GPU but its VF attributes, and i915 stays', async () => {
    const answer = await hook(machine(), 201);
    expect(answer.code, answer.stderr).toBe(0);
    const onGpu = answer.writes.filter((write) => !VFS.some((vf) => write.includes(vf)));
    expect(onGpu).toEqual([`${GPU}/sriov_drivers_autoprobe 0`, `${GPU}/sriov_numvfs 7`]);
    expect(await gpuDriver(machine())).toBe('i915, never probed again');
    expect((await machine().must(`cat ${GPU}/driver_override`)).trim()).toBe('(null)');
  });

  const whole = [202, 203] as const;
  test.each(whole)('VM %i takes the whole GPU: refused while a VF is open or reserved or only there', async (vmid) => {
    expect((await hook(machine(), 204)).code).toBe(0);
    const refused = async (who: RegExp) => {
      const answer = await hook(machine(), vmid);
      expect(answer.code, answer.stderr).toBe(1);
      expect(answer.stderr).toMatch(who);
      expect(answer.writes).toEqual([]);
      expect(await gpuDriver(machine())).toBe('i915, never probed again');
      expect(await boundVfs(machine())).toEqual(VFS.map((vf) => `${vf} vfio-pci`));
    };
    await refused(/passes the whole GPU 0000:00:02\.0.*7 VFs exist\. /);
    const until = '$(($(date +%s) + 600))';
    await machine().must(
      `mkdir -p /run/qemu-server; echo "0000:00:02.2 204 time:${until}" > /run/qemu-server/pci-id-reservations`,
    );
    await refused(/7 VFs exist; 0000:00:02\.2 is in use by VM 204/);
    await machine().must('rm /run/qemu-server/pci-id-reservations');
    await holdVf(machine(), '0000:00:02.3');
    await refused(/7 VFs exist; 0000:00:02\.3 is in use by process \d+ \(vfio_hold\)/);
  });

  test.each(whole)('VM %i takes the whole GPU, which has no VFs: it may, and nothing is written', async (vmid) => {
    const answer = await hook(machine(), vmid);
    expect(answer.code, answer.stderr).toBe(0);
    expect(answer.writes).toEqual([]);
    expect(await boundVfs(machine())).toEqual([]);
    expect(await gpuDriver(machine())).toBe('i915, never probed again');
  });

  // Somebody gives each VF to a driver that refuses it, right after the override was written: the probe still says yes.
  const meddle = `case $4 in */driver_override) echo i915 > $4 ;; esac`;

  test('drivers_probe says yes and the driver did not take the VF: the hook says so and lets PVE go on', async () => {
    await machine().must('echo N > /sys/module/i915/parameters/rig_sriov');
    const answer = await hook(machine(), 201, { meddle });
    expect(answer.code).toBe(0);
    expect(answer.writes).toContain(`/sys/bus/pci/drivers_probe ${PINNED}`);
    expect(answer.stderr).toContain(`vfio-pci did not take ${PINNED}`);
    expect(answer.stdout).not.toContain('ready for hostpci0');
    expect(await boundVfs(machine())).toEqual(VFS.map((vf) => `${vf} none`));
  });

  test('drivers_probe says yes and the driver did not take the VF: vf create fails and takes all back', async () => {
    await machine().must(`echo N > /sys/module/i915/parameters/rig_sriov; ${watchPokes({ meddle })}`);
    const answer = await pveigpu(machine(), 'vf create 2 --yes');
    expect(await machine().must(SHOW_POKES)).toContain('/sys/bus/pci/drivers_probe 0000:00:02.1');
    expect(answer.code, answer.stdout).toBe(1);
    expect(answer.stderr).toMatch(/driver does not lead to vfio-pci/);
    expect(await boundVfs(machine())).toEqual([]);
    expect((await machine().must(`cat ${GPU}/sriov_drivers_autoprobe`)).trim()).toBe('1');
  });
});

withMachine('hook on a host without IOMMU', { mode: 'fast', iommu: false }, (machine) => {
  test('vfio-pci refuses every VF: the hook says so and lets PVE go on', async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}\n${CONFIGS.join('\n')}\nmodprobe i915`);
    await installPokeShim(machine());
    const answer = await hook(machine(), 201);
    expect(answer.code).toBe(0);
    expect(answer.writes).toContain(`/sys/bus/pci/drivers_probe ${PINNED}`);
    expect(answer.stderr).toContain(`vfio-pci did not take ${PINNED}`);
    expect(await boundVfs(machine())).toEqual(VFS.map((vf) => `${vf} none`));
    // The kernel's own word for it: the write of the probe is a success.
    expect((await machine().shell(`echo ${PINNED} > /sys/bus/pci/drivers_probe`)).code).toBe(0);
  });
});

/** The hook of a guest before its start, watched. */
async function hook(machine: VirtualMachine, vmid: number, orders: { readonly [order: string]: string } = {}) {
  const script = `${watchPokes(orders)}\ntimeout -s KILL 60 env ${HOOK} ${vmid} pre-start`;
  const { code, stdout, stderr } = await machine.shell(script, { timeoutMs: 90_000 });
  const writes = (await machine.must(SHOW_POKES)).split('\n').filter((line) => line !== '');
  return { code, stdout, stderr, writes };
}

/** The driver of the GPU, and whether it was probed since the machine was reset: i915 says so in the log each time. */
async function gpuDriver(machine: VirtualMachine): Promise<string> {
  const script = `basename $(readlink ${GPU}/driver); dmesg | grep -c '0000:00:02.0: Running in SR-IOV PF mode'; true`;
  const [driver, probes] = (await machine.must(script)).trim().split('\n');
  return `${driver}, ${probes === '0' ? 'never' : probes} probed again`;
}
