// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/simulator/profile.ts';
import { GEMINI_LAKE } from '../../../src/simulator/profiles/older.ts';
import { RAPTOR_LAKE_P, RAPTOR_LAKE_S, TIGER_LAKE } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';

const NEW = '7.0.14-12-pve';
const MESSAGE = 'Fatal exception';
/** Every kernel with the parameter of the trial panics. */
const panics = ({ cmdline }: { readonly cmdline: string }) => (/\btrial=1\b/.test(cmdline) ? MESSAGE : undefined);

async function run(node: SimulatedNode, ...argv: [string, ...string[]]) {
  const answer = await node.run(argv);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

const cmdline = (node: SimulatedNode) => node.machine.tree.text('/proc/cmdline')?.trim();

/** Adds an entry of our own to the partition, as a trial does. */
async function addTrialEntry(node: SimulatedNode): Promise<void> {
  await node.mkdir('/run/esp');
  await run(node, 'mount', '-o', 'nosuid,nodev,noexec', '/dev/disk/by-uuid/5A1E-0D3C', '/run/esp');
  const known = node.machine.tree.text(`/run/esp/loader/entries/proxmox-${NEW}.conf`) ?? '';
  await node.writeAtomic('/run/esp/loader/entries/pveigpu-trial.conf', known.replace(/^options .*/m, '$& trial=1'));
  await run(node, 'umount', '/run/esp');
}

describe('an entry for one boot', () => {
  test('systemd-boot forgets it before it starts it, so that a panic is followed by the default', async () => {
    const node = createSimulatedNode(TIGER_LAKE, { faults: { panics } });
    await addTrialEntry(node);
    expect(await node.reboot()).toEqual({ booted: true });
    await run(node, 'bootctl', 'set-oneshot', 'pveigpu-trial.conf');
    expect(await node.reboot()).toEqual({ booted: false, reason: `Kernel panic - not syncing: ${MESSAGE}` });
    expect(await node.reboot()).toEqual({ booted: true });
    expect(cmdline(node)).not.toContain('trial=1');
  });

  test('systemd-boot: it runs once, and an empty id takes it back', async () => {
    const node = createSimulatedNode(TIGER_LAKE);
    await addTrialEntry(node);
    const variable = '/sys/firmware/efi/efivars/LoaderEntryOneShot-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
    for (const [id, expected] of [
      ['pveigpu-trial.conf', true],
      ['', false],
    ] as const) {
      await run(node, 'bootctl', 'set-oneshot', 'pveigpu-trial.conf');
      expect(await node.readBytes(variable)).toMatchObject({ kind: 'content' });
      if (id === '') await run(node, 'bootctl', 'set-oneshot', id);
      await node.reboot();
      expect(cmdline(node)?.includes('trial=1')).toBe(expected);
      expect(await node.readBytes(variable)).toEqual({ kind: 'absent' });
      await node.reboot();
      expect(cmdline(node)).not.toContain('trial=1');
    }
  });

  test('bootctl says where there is nothing to set', async () => {
    const call = async (profile: Profile) => await run(createSimulatedNode(profile), 'bootctl', 'set-oneshot', 'x.conf');
    expect(await call(GEMINI_LAKE)).toMatchObject({ exitCode: 1, stderr: 'Not booted with UEFI.\n' });
  });
});

describe('grub-reboot', () => {
  const OTHER = '6.14.11-4-pve';
  const release = (node: SimulatedNode) => node.machine.tree.text('/proc/sys/kernel/osrelease')?.trim();
  const entry = (node: SimulatedNode) => {
    const id = /gnulinux-advanced-(\S+)' \{/.exec(node.machine.tree.text('/boot/grub/grub.cfg') ?? '')?.[1];
    return `gnulinux-advanced-${id}>gnulinux-${OTHER}-advanced-${id}`;
  };

  test('on a plain partition the entry runs once', async () => {
    const plain = { ...GEMINI_LAKE, cmdline: GEMINI_LAKE.cmdline.replace(/root=\S+/, 'root=/dev/sda3') };
    const node = createSimulatedNode(plain);
    expect((await run(node, 'grub-reboot', entry(node))).stdout).toBe('');
    expect((await run(node, 'grub-editenv', '-', 'list')).stdout).toBe(`next_entry=${entry(node)}\n`);
    await node.reboot();
    expect(release(node)).toBe(OTHER);
    await node.reboot();
    expect(release(node)).toBe(plain.kernelRelease);
  });

  test('on LVM it stays until it is unset, also after a panic', async () => {
    const bad = (kernel: { readonly release: string }) => (kernel.release === OTHER ? MESSAGE : undefined);
    const stuck = createSimulatedNode(GEMINI_LAKE, { faults: { panics: bad } });
    expect((await run(stuck, 'grub-reboot', entry(stuck))).stdout).toContain('will remain the default boot entry');
    for (let turn = 0; turn < 3; turn += 1) expect((await stuck.reboot()).booted).toBe(false);
    const node = createSimulatedNode(GEMINI_LAKE);
    await run(node, 'grub-reboot', entry(node));
    for (let turn = 0; turn < 2; turn += 1) {
      await node.reboot();
      expect(release(node)).toBe(OTHER);
    }
    await run(node, 'grub-editenv', '-', 'unset', 'next_entry');
    await node.reboot();
    expect(release(node)).toBe(GEMINI_LAKE.kernelRelease);
  });

  test('where proxmox-boot-tool is used it changes nothing, since GRUB reads the partition', async () => {
    const node = createSimulatedNode({ ...RAPTOR_LAKE_P, otherKernels: [OTHER] });
    await run(node, 'grub-reboot', entry(node));
    await node.reboot();
    expect(release(node)).toBe(RAPTOR_LAKE_P.kernelRelease);
  });
});

describe('after a boot', () => {
  const vms = (node: SimulatedNode) =>
    node.machine.kernel
      .processes()
      .filter(({ command }) => command === 'kvm')
      .map(({ argv }) => argv[argv.indexOf('-id') + 1]);

  test('guests with onboot start in their order, with quorum only', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_S);
    await node.reboot();
    expect(vms(node)).toEqual([]);
    await node.reboot({ startGuests: true });
    expect(vms(node)).toEqual(['100', '101']);
    node.machine.quorate = false;
    await node.reboot({ startGuests: true });
    expect(vms(node)).toEqual([]);
  });
});
