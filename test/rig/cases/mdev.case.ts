// SPDX-License-Identifier: AGPL-3.0-or-later
import { beforeAll, expect, test } from 'vitest';
import { startExported } from '../product/exported-guest.ts';
import { configureGuests, hook } from '../product/guest-hook.ts';
import { EMPTY_PVE_NODE, installProduct, pveigpu } from '../product/install-product.ts';
import { killQemu, startQemu } from '../product/nested-qemu.ts';
import { installPokeShim } from '../product/poke-shim.ts';
import { GPU } from '../product/reset-machine.ts';
import { FULL, withMachine } from './with-machine.ts';

const BDF = '0000:00:02.0';
const TYPE = 'i915-GVTg_V5_8';
/** The UUID that PVE gives the first mediated device of a VM (qemu-server PCI/Mdev.pm). */
const uuidOf = (vmid: number) => `00000000-0000-0000-0000-${String(vmid).padStart(12, '0')}`;

/** A Kaby Lake, whose aperture of 256 MB has room for two of the smallest. */
const SHAPE = { mode: 'fast', gpu: { device: 0x5916, totalVfs: 0, revision: 2 }, memoryMiB: 2560 } as const;

withMachine('mediated devices', SHAPE, (machine) => {
  beforeAll(async () => {
    await installProduct(machine());
    await installPokeShim(machine());
    await machine().must(`${EMPTY_PVE_NODE}
modprobe i915 enable_gvt=1 enable_guc=0; modprobe kvmgt
${configureGuests({ 501: `${BDF},mdev=${TYPE}`, 503: BDF })}
printf 'memory: 64\\nostype: l26\\n' > /etc/pve/qemu-server/504.conf
mkdir -p /var/lib/pveigpu/handover; echo ${BDF} > /var/lib/pveigpu/handover/503`);
  });

  const make = async (vmid: number) => await machine().shell(`echo ${uuidOf(vmid)} > ${GPU}/mdev_supported_types/${TYPE}/create`);
  /** The mediated devices that the kernel has, by the guest that their UUID names. */
  const there = async () =>
    (await machine().must('ls /sys/bus/mdev/devices'))
      .split('\n')
      .flatMap((uuid) => (uuid === '' ? [] : Number(uuid.slice(-12))));
  const states = async () => {
    const { mdevs } = JSON.parse((await pveigpu(machine(), 'mdev list --json')).stdout) as {
      readonly mdevs: readonly { readonly vmid: number; readonly state: string }[];
    };
    return Object.fromEntries(mdevs.map(({ vmid, state }) => [vmid, state]));
  };

  test('made until no more fits: the kernel says ENOSPC, the product how much is left, and for whom not', async () => {
    const [one, two, three] = [await make(501), await make(502), await make(504)];
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(three.stderr).toContain('No space left on device');
    const { gpus } = JSON.parse((await pveigpu(machine(), 'mdev types --json')).stdout);
    expect(gpus[0].types.map((type: { id: string; free: number }) => [type.id, type.free])).toEqual([
      ['i915-GVTg_V5_4', 0],
      [TYPE, 0],
    ]);
    const refused = await pveigpu(machine(), 'assign 504 --mode gvt-g --yes');
    expect(refused.code, refused.stdout).toBe(5);
    expect(refused.stderr).toMatch(/has no room for another mediated device/);
    if (!FULL) return;
    const named = await pveigpu(machine(), 'assign 504 --type V5_8 --yes');
    expect(named.stdout).toMatch(
      /No room is left for i915-GVTg_V5_8 on 0000:00:02\.0 now, so a start would fail \(the kernel's\s+ENOSPC\)/,
    );
  });

  test('one that QEMU has open stays, and is never asked of the kernel; a leftover goes', async () => {
    await startQemu(machine(), `sysfsdev=/sys/bus/mdev/devices/${uuidOf(501)},addr=10.0`);
    expect(await states()).toEqual({ 501: 'used', 502: 'leftover' });
    expect((await pveigpu(machine(), 'mdev clean --yes')).code).toBe(0);
    expect(await there()).toEqual([501]);
    const refused = await pveigpu(machine(), `mdev clean ${uuidOf(501)} --yes`);
    expect([refused.code, refused.stderr]).toEqual([
      5,
      expect.stringMatching(/is open: qemu-system-x86 \(pid \d+\) has it open/),
    ]);
    // The hook of a guest that is to have the whole GPU.
    const whole = await hook(machine(), 503);
    expect([whole.code, whole.writes]).toEqual([1, []]);
    expect(whole.stderr).toContain(`is in use on the host by the mediated device ${uuidOf(501)}`);
  });

  test('after a crash of QEMU it is kept for its guest, and a leftover once that has another', async () => {
    await killQemu(machine());
    if (FULL) expect(await states()).toEqual({ 501: 'kept' });
    await machine().must("sed -i '/^hostpci0/d' /etc/pve/qemu-server/501.conf");
    const cleaned = await pveigpu(machine(), 'mdev clean --yes');
    expect(cleaned.code, cleaned.stderr).toBe(0);
    expect(await there()).toEqual([]);
    expect((await machine().must(`cat ${GPU}/mdev_supported_types/${TYPE}/available_instances`)).trim()).toBe('2');
    if (FULL) expect((await hook(machine(), 503)).code).toBe(0);
  });

  test('QEMU starts with one by the exported command line', async () => {
    expect((await make(501)).code).toBe(0);
    // The stand-in for kvmgt emulates no OpRegion, which QEMU then refuses to give.
    const text = await startExported(machine(), `mdev:${uuidOf(501)} --display off`, ',x-igd-opregion=on');
    expect(text).toContain(`sysfsdev=/sys/bus/mdev/devices/${uuidOf(501)}`);
    expect(await states()).toEqual({ 501: 'used' });
    await killQemu(machine());
  });
});
