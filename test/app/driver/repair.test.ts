// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { installArgv } from '../../../src/core/plan/host-argv.ts';
import { i915SriovDeb } from '../../../src/simulator/packages/i915-sriov-deb.ts';
import { mustType, typed } from '../../cli/command-line.ts';
import { type Simulated, simulated } from '../simulated.ts';

const VERSION = '2026.05.06';
const DEB = '/root/driver.deb';
const NEW = '7.0.16-1-pve';

const stateOf = (machine: Simulated, name: string) =>
  new RegExp(`^Package: ${name}\\nStatus: install ok (\\S+)$`, 'm').exec(
    machine.node.machine.tree.text('/var/lib/dpkg/status') ?? '',
  )?.[1];

const apt = (machine: Simulated, ...names: readonly string[]) =>
  machine.run(...installArgv(names.map((name) => (name.startsWith('/') ? { name, file: name } : { name }))));

/** A node whose driver fits its kernel and not the one after it. */
async function withDriver(machine: Simulated): Promise<void> {
  machine.node.machine.tree.setFile(DEB, i915SriovDeb(VERSION));
  await apt(machine, 'proxmox-headers-7.0.14-12-pve');
  expect((await apt(machine, DEB)).exitCode).toBe(0);
}

describe('driver repair', () => {
  test('a kernel whose package stayed half configured gets configured, dkms skips it, and the way back is whole', async () => {
    // As in github.com/strongtz/i915-sriov-dkms/issues/151 and 196.
    const machine = simulated('raptor-lake-s-untouched');
    await withDriver(machine);
    const { tree } = machine.node.machine;
    const source = `/usr/src/i915-sriov-dkms-${VERSION}/drivers/gpu/drm/i915/display/intel_dp_mst.c`;
    tree.setFile(source, (tree.text(source) ?? '').replace('bpp << 4)', 'bpp << 4, false)'));
    expect((await apt(machine, `proxmox-headers-${NEW}`)).exitCode).toBe(0);
    const upgrade = await apt(machine, `proxmox-kernel-${NEW}-signed`);
    expect([upgrade.exitCode, stateOf(machine, `proxmox-kernel-${NEW}-signed`)]).toEqual([100, 'half-configured']);

    const checked = await typed(machine, 'driver check');
    expect([checked.code, checked.out.includes('pveigpu driver repair')]).toEqual([1, true]);
    const override = `/etc/dkms/i915-sriov-dkms-${VERSION}-${NEW}.conf`;
    const repaired = await typed(machine, 'driver repair --yes');
    expect([repaired.code, repaired.out.includes(override)]).toEqual([0, true]);
    expect(stateOf(machine, `proxmox-kernel-${NEW}-signed`)).toBe('installed');
    expect(await machine.must('dkms', 'status')).not.toContain(NEW);
    expect((await typed(machine, 'driver repair --dry-run')).out).toContain('nothing to do');
    await mustType(machine, 'driver remove --yes');
    expect(tree.text(override)).toBeUndefined();
  });

  test('a driver package that stops at an error goes, and dpkg is whole again', async () => {
    const machine = simulated('raptor-lake-s-untouched');
    machine.node.machine.tree.setFile(DEB, i915SriovDeb(VERSION, { threeArgumentsBelow: [7, 1, 0], postinst: 'stops' }));
    await apt(machine, 'proxmox-headers-7.0.14-12-pve');
    await apt(machine, DEB);
    expect(stateOf(machine, 'i915-sriov-dkms')).toBe('half-configured');
    await mustType(machine, 'driver repair --yes');
    expect(stateOf(machine, 'i915-sriov-dkms')).toBeUndefined();
  });
});
