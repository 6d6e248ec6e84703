// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { configureGuests, HOOK, hook } from '../product/guest-hook.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { killQemu, startQemu } from '../product/nested-qemu.ts';
import { installPokeShim, SHOW_POKES, watchPokes } from '../product/poke-shim.ts';
import { boundVfs, GPU, resetMachine } from '../product/reset-machine.ts';
import { FULL, type Gap, gapsOf, withMachine } from './with-machine.ts';

const BDF = '0000:00:02.0';
const SOUND = '0000:00:0e.0';

/** What the host has: drivers of GPU and sound function, what is chosen for them, nodes, the bound consoles, whether a hand-over is noted. */
const LOOK = `for one in ${BDF} ${SOUND}; do
  echo driver $(basename $(readlink /sys/bus/pci/devices/$one/driver || echo none)), override $(cat /sys/bus/pci/devices/$one/driver_override)
done
echo nodes $(ls /dev/dri 2> /dev/null)
for one in /sys/class/vtconsole/vtcon*; do [ $(cat $one/bind) = 0 ] || echo console $(sed 's/^(.) //' $one/name); done
[ -e /run/pveigpu/handover/${BDF} ] && echo noted; true`;
const ON_HOST = [
  'driver i915, override (null)',
  'driver snd_hda_intel, override (null)',
  'nodes card0 renderD128',
  'console frame buffer device',
];
const WITH_GUEST = [
  'driver vfio-pci, override vfio-pci',
  'driver vfio-pci, override vfio-pci',
  'nodes',
  'console dummy device',
  'noted',
];

async function look(machine: VirtualMachine): Promise<readonly string[]> {
  return (await machine.must(LOOK)).trim().split('\n');
}

withMachine('the whole GPU by hand-over', { mode: 'fast', memoryMiB: 2560, sound: true }, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await machine().must(`${EMPTY_PVE_NODE}
${configureGuests({ 301: `${BDF}\\nhostpci1: ${SOUND}`, 302: BDF })}
mkdir -p /var/lib/pveigpu/handover; echo ${BDF} > /var/lib/pveigpu/handover/301
modprobe i915 rig_fb=1; modprobe snd_hda_intel`);
    await installPokeShim(machine());
  });
  beforeEach(async () => {
    await resetMachine(machine());
    await machine().must('rm -rf /tmp/pokes');
    expect(await look(machine())).toEqual(ON_HOST);
  });
  const postStop = `env ${HOOK} 301 post-stop`;
  const givenBack = async () => {
    const stopped = await machine().shell(postStop);
    expect(await look(machine()), stopped.stderr).toEqual(ON_HOST);
    return stopped;
  };
  const start = async () => {
    const answer = await hook(machine(), 301);
    expect([answer.code, await look(machine())], answer.stderr).toEqual([0, WITH_GUEST]);
    return answer;
  };

  test('taken when the guest starts, with consoles and sound; QEMU opens it; all given back when that has closed it', async () => {
    const { stdout, writes } = await start();
    expect(stdout).toContain(`${BDF} was taken from i915 and its consoles`);
    expect(writes).toEqual([
      expect.stringMatching(/^\/sys\/class\/vtconsole\/vtcon\d\/bind 0$/),
      `${GPU}/driver_override vfio-pci`,
      `/sys/bus/pci/drivers/i915/unbind ${BDF}`,
      `/sys/bus/pci/drivers_probe ${BDF}`,
      `/sys/bus/pci/devices/${SOUND}/driver_override vfio-pci`,
      `/sys/bus/pci/drivers/snd_hda_intel/unbind ${SOUND}`,
      `/sys/bus/pci/drivers_probe ${SOUND}`,
    ]);
    await startQemu(machine(), `host=${BDF},addr=10.0`);
    if (FULL) {
      await machine().must(watchPokes());
      const early = await machine().shell(postStop);
      expect(early.code).toBe(0);
      expect(early.stderr).toMatch(/is not given back to the host: it is in use by process \d+ \(qemu-/);
      expect(await machine().must(SHOW_POKES)).toBe('');
    }
    // PVE looks for a pid file, not for who has the device open: the hook is there first.
    await machine().must(
      `${postStop} > /tmp/stopped 2>&1 & sleep 2; [ -d /proc/$! ] && basename $(readlink ${GPU}/driver) | grep vfio-pci`,
    );
    await killQemu(machine());
    await machine().must(
      `for n in $(seq 300); do grep -q 'is given back to i915' /tmp/stopped && exit 0; sleep 0.1; done; cat /tmp/stopped; exit 1`,
    );
    await expect.poll(() => look(machine()), { timeout: 60_000 }).toEqual(ON_HOST);
  });

  test('refused while a VF exists, or a program of the host has the render node open, and nothing is written', async () => {
    await machine().must(`echo 2 > ${GPU}/sriov_numvfs`);
    const refused = await hook(machine(), 301);
    expect([refused.code, refused.writes]).toEqual([1, []]);
    expect(refused.stderr).toContain('whose 2 VFs exist');
    await machine().must(`echo 0 > ${GPU}/sriov_numvfs
setsid bash -c 'exec sleep 1000 <> /dev/dri/renderD128' > /dev/null 2>&1 & for n in $(seq 50); do pgrep -x sleep > /dev/null && break; sleep 0.1; done`);
    for (const vmid of FULL ? [301, 302] : [301]) {
      const answer = await hook(machine(), vmid);
      expect([answer.code, answer.writes]).toEqual([1, []]);
      expect(answer.stderr).toMatch(/is in use on the host by process \d+ \(sleep\)/);
    }
    await machine().must('pkill -x sleep; for n in $(seq 50); do pgrep -x sleep > /dev/null || break; sleep 0.1; done');
  });

  test.runIf(FULL)('a guest without the sign gets nothing from the host', async () => {
    const answer = await hook(machine(), 302);
    expect([answer.code, answer.writes]).toEqual([0, []]);
  });

  test('killed at a write: the next start takes all, the hook by hand gives all back', { timeout: 1_800_000 }, async () => {
    // Between two drivers, where the console has gone with its frame buffer; with RIG=full at every write.
    const sample: readonly Gap[] = [['after', 3]];
    for (const [when, number] of gapsOf(7, sample)) {
      const killed = await hook(machine(), 301, { 'kill-at': String(number), when });
      expect(killed.code, `${when} ${number}`).toBe(1);
      // A late write may come after all was given back, and nobody is left who could know of it.
      if (FULL && when !== 'late') await givenBack();
      if (FULL && when !== 'late') await hook(machine(), 301, { 'kill-at': String(number), when });
      await start();
      await givenBack();
    }
  });

  test.runIf(FULL)('killed while it gives back: the hook by hand does the rest', { timeout: 1_800_000 }, async () => {
    for (const [when, number] of gapsOf(9, [['after', 2]])) {
      await start();
      await machine().shell(`${watchPokes({ 'kill-at': String(number), when })}\n${postStop}`);
      await machine().must(watchPokes());
      await givenBack();
    }
  });

  test.runIf(FULL)('without a display any more the GPU comes back, and nobody waits for its console without end', async () => {
    await start();
    await machine().must('echo N > /sys/module/i915/parameters/rig_fb');
    const stopped = await machine().shell(postStop);
    expect(stopped.stdout).toMatch(/The console vtcon\d did not come back[\s\S]*is given back to i915/);
    expect(await look(machine())).toEqual([...ON_HOST.slice(0, 3), 'console dummy device']);
    await machine().must(`echo Y > /sys/module/i915/parameters/rig_fb; modprobe -r i915; modprobe i915 rig_fb=1`);
  });

  test.runIf(FULL)('VFs that are desired are made again after the guest', async () => {
    for (const line of ['vf create 2 --yes', 'vf remove --for-now --yes'])
      expect((await pveigpu(machine(), line)).code, line).toBe(0);
    await start();
    const stopped = await machine().shell(postStop);
    expect(await boundVfs(machine()), stopped.stderr).toEqual(['0000:00:02.1 vfio-pci', '0000:00:02.2 vfio-pci']);
    expect((await pveigpu(machine(), 'vf remove --yes')).code).toBe(0);
  });
});
