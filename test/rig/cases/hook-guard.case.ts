// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { configureGuests, hook } from '../product/guest-hook.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { installPokeShim, SHOW_POKES, watchPokes } from '../product/poke-shim.ts';
import { boundVfs, GPU, holdVf, resetMachine } from '../product/reset-machine.ts';
import { withMachine } from './with-machine.ts';

const PINNED = '0000:00:02.5';
const VFS = [1, 2, 3, 4, 5, 6, 7].map((vf) => `0000:00:02.${vf}`);
/** VM 201 has one VF, 202 the GPU, 203 all that is at its slot, 204 another VF. */
const GUESTS = { 201: PINNED, 202: '0000:00:02.0', 203: '0000:00:02', 204: '0000:00:02.2' };

withMachine('hook and what is not its VF', { mode: 'fast' }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}\n${configureGuests(GUESTS)}`);
    await installPokeShim(machine());
  });
  beforeEach(async () => {
    await resetMachine(machine());
    await machine().must('rm -rf /tmp/pokes /run/qemu-server; echo Y > /sys/module/i915/parameters/rig_sriov');
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

/** The driver of the GPU, and whether it was probed since the machine was reset: i915 says so in the log each time. */
async function gpuDriver(machine: VirtualMachine): Promise<string> {
  const script = `basename $(readlink ${GPU}/driver); dmesg | grep -c '0000:00:02.0: Running in SR-IOV PF mode'; true`;
  const [driver, probes] = (await machine.must(script)).trim().split('\n');
  return `${driver}, ${probes === '0' ? 'never' : probes} probed again`;
}
