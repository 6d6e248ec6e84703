// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { SimulatedMachine } from '../../../src/simulator/host/simulated-machine.ts';
import { mustType, typed } from '../../cli/command-line.ts';
import { type Simulated, simulated } from '../simulated.ts';

const NEW = '7.1.2-1-pve';
const PIN = '/etc/kernel/proxmox-boot-pin';

/** A node whose VFs come from i915-sriov-dkms, set up by hand, at the end of an upgrade that brought a kernel. */
function upgraded(kernel = NEW): Simulated {
  const machine = simulated('raptor-lake-s-by-hand');
  addKernel(machine, kernel);
  return machine;
}

function addKernel(machine: Simulated, kernel: string): void {
  const { tree } = machine.node.machine;
  tree.setFile(`/boot/vmlinuz-${kernel}`, 'kernel');
  tree.setFile(`/boot/initrd.img-${kernel}`, 'initramfs');
  tree.setDirectory(`/lib/modules/${kernel}`);
}

async function afterDpkg(machine: Simulated): Promise<string> {
  const { code, out, err } = await typed(machine, 'driver check --after-dpkg');
  expect([code, err]).toEqual([0, '']);
  return out.replace(/\s+/g, ' ');
}

function mails(machine: Simulated): readonly string[] {
  if (!(machine.node.machine instanceof SimulatedMachine)) throw new Error('no simulated machine');
  return machine.node.machine.mails;
}

describe('after a dpkg run', () => {
  test('without a new kernel nothing is said', async () => {
    const machine = simulated('raptor-lake-s-by-hand');
    expect([await afterDpkg(machine), mails(machine)]).toEqual(['', []]);
  });

  test('a kernel for which no release is known: said with what to do, mailed once, and not again', async () => {
    const machine = upgraded();
    const said = await afterDpkg(machine);
    expect(said).toContain(`Kernel ${NEW} was installed and runs after the next reboot.`);
    expect(said).toMatch(/the GPU 0000:00:02\.0 \(.*\) LOSES its mode sriov/);
    expect(said).toContain('pveigpu kernel pin 6.17.9-1-pve');
    const [mail = ''] = mails(machine);
    expect(mail).toMatch(/^To: root$/m);
    expect(mail).toMatch(new RegExp(`^Subject: pveigpu on pve: kernel ${NEW} and the GPU$`, 'm'));
    expect(mail.replace(/\s+/g, ' ')).toContain(said.replaceAll('pveigpu: ', '').slice(0, 60));
    expect([await afterDpkg(machine), mails(machine).length]).toEqual(['', 1]);
    expect(machine.node.machine.tree.text(PIN)).toBeUndefined();
  });

  test('a second new kernel is said by itself', async () => {
    const machine = upgraded();
    await afterDpkg(machine);
    addKernel(machine, '7.1.3-1-pve');
    const said = await afterDpkg(machine);
    expect([said.includes('7.1.3-1-pve'), said.includes(NEW), mails(machine).length]).toEqual([true, false, 2]);
  });

  test('pinning is opt-in, and is taken back when the newest kernel keeps the mode', async () => {
    const machine = upgraded();
    const { tree } = machine.node.machine;
    tree.setFile('/etc/pveigpu/pveigpu.conf', '[kernel]\npin-on-upgrade = yes\n');
    expect(await afterDpkg(machine)).toContain('6.17.9-1-pve, which works, was pinned');
    expect(tree.text(PIN)?.trim()).toBe('6.17.9-1-pve');
    expect(await afterDpkg(machine)).toBe('');
    expect(tree.text(PIN)?.trim()).toBe('6.17.9-1-pve');
    // The driver is built for it by now, as an upgrade of the driver does.
    tree.setFile(`/var/lib/dkms/i915-sriov-dkms/2026.05.06/${NEW}/x86_64/module/i915.ko`, 'module');
    expect(await afterDpkg(machine)).toContain(`fits ${NEW} now, so 6.17.9-1-pve is no longer pinned`);
    expect(tree.text(PIN) ?? '').toBe('');
    expect(mails(machine)).toHaveLength(1);
  });

  test("an administrator's pin is never touched", async () => {
    const machine = upgraded();
    machine.node.machine.tree.setFile('/etc/pveigpu/pveigpu.conf', '[kernel]\npin-on-upgrade = yes\n');
    await mustType(machine, 'kernel pin 6.17.9-1-pve --yes');
    machine.node.machine.tree.remove('/var/lib/pveigpu/ledger.json');
    const said = await afterDpkg(machine);
    expect(said).not.toContain('runs after the next reboot');
    expect(machine.node.machine.tree.text(PIN)?.trim()).toBe('6.17.9-1-pve');
  });

  test('a kernel counts as said only when the mail was taken', async () => {
    const machine = simulated('raptor-lake-s-by-hand', {
      faults: { errno: (operation, path) => (operation === 'run' && path === 'sendmail' && refused ? 'ENOENT' : undefined) },
    });
    let refused = true;
    addKernel(machine, NEW);
    expect(await afterDpkg(machine)).toContain(NEW);
    refused = false;
    expect(await afterDpkg(machine)).toContain(NEW);
    expect([await afterDpkg(machine), mails(machine).length]).toEqual(['', 1]);
  });

  test('while an apply of ours runs, and on a host that cannot be written, it is quiet and quick', async () => {
    const machine = upgraded();
    const lock = await machine.context.host.lock('/run/pveigpu/apply.lock', { timeoutMs: 1 });
    expect(lock.ok).toBe(true);
    expect([await afterDpkg(machine), mails(machine)]).toEqual(['', []]);
  });
});
