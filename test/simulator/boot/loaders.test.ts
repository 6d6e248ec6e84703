// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { Profile } from '../../../src/simulator/profile.ts';
import { METEOR_LAKE } from '../../../src/simulator/profiles/newer.ts';
import { BROADWELL, GEMINI_LAKE } from '../../../src/simulator/profiles/older.ts';
import { PROFILES } from '../../../src/simulator/profiles/table.ts';
import { RAPTOR_LAKE_P, RAPTOR_LAKE_S_UNTOUCHED, TIGER_LAKE } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';

const NEW = '7.0.14-12-pve';
const OLD = '6.17.9-1-pve';
const LVM = { ...RAPTOR_LAKE_S_UNTOUCHED, otherKernels: [OLD] };
const LAYOUTS: readonly Profile[] = (['grub', 'systemd-boot', 'pbt-grub', 'pbt-systemd-boot'] as const).map((loader) => ({
  ...LVM,
  loader,
}));

async function run(node: SimulatedNode, ...argv: [string, ...string[]]) {
  const answer = await node.run(argv);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

const running = (node: SimulatedNode) => node.machine.tree.text('/proc/sys/kernel/osrelease')?.trim();
const cmdline = (node: SimulatedNode) => node.machine.tree.text('/proc/cmdline')?.trim();

describe('what a machine boots', () => {
  test('every kind of loader, with EFI and without, is among the profiles', () => {
    const kinds = new Set(
      PROFILES.map(({ loader, efi, alsoLoader }) => `${loader} ${efi ? 'uefi' : 'bios'} ${alsoLoader ?? ''}`.trim()),
    );
    for (const kind of ['grub uefi', 'grub bios', 'pbt-grub uefi', 'pbt-grub bios', 'pbt-systemd-boot uefi', 'systemd-boot uefi'])
      expect(kinds, kind).toContain(kind);
    expect(kinds).toContain('pbt-grub uefi systemd-boot');
  });

  test.each(LAYOUTS.map((profile) => [profile.loader, profile] as const))('%s: the newest kernel', async (_loader, profile) => {
    const node = createSimulatedNode(profile);
    expect(running(node)).toBe(NEW);
    expect(await node.reboot()).toEqual({ booted: true });
    expect(running(node)).toBe(NEW);
  });

  test('the installer’s files on ZFS: a command line that GRUB does not read, and its snippets', () => {
    const { tree } = createSimulatedNode(BROADWELL).machine;
    expect(tree.text('/etc/kernel/cmdline')).toBe('root=ZFS=rpool/ROOT/pve-1 boot=zfs\n');
    expect(tree.text('/proc/cmdline')).toBe(
      'BOOT_IMAGE=/vmlinuz-6.17.2-1-pve root=ZFS=rpool/ROOT/pve-1 ro consoleblank=600 root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet intel_iommu=on\n',
    );
    expect(tree.get('/sys/firmware/efi')).toBeUndefined();
    expect(tree.names('/etc/default/grub.d')).toEqual(['installer.cfg', 'zfs.cfg']);
  });

  test('both disks of a mirror are filled', async () => {
    const node = createSimulatedNode(TIGER_LAKE);
    await node.writeAtomic('/etc/kernel/cmdline', 'root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet pci=noaer\nignored=1\n');
    await run(node, 'proxmox-boot-tool', 'refresh');
    for (const { tree } of node.disks.esps)
      expect(tree.text(`/loader/entries/proxmox-${NEW}.conf`)).toContain(
        'options  root=ZFS=rpool/ROOT/pve-1 boot=zfs quiet pci=noaer\n',
      );
    await node.reboot();
    expect(cmdline(node)).toMatch(/ pci=noaer$/);
    expect(await node.readLink('/dev/disk/by-uuid/5A1F-77B2')).toEqual({ kind: 'content', value: '../../sdb2' });
  });

  test('with both loaders on a partition refresh fills GRUB’s files only', async () => {
    const node = createSimulatedNode(METEOR_LAKE);
    expect(cmdline(node)).toContain('BOOT_IMAGE=');
    await node.writeAtomic('/etc/kernel/cmdline', 'root=ZFS=rpool/ROOT/pve-1 boot=zfs changed=1\n');
    await node.writeAtomic('/etc/default/grub.d/zz.cfg', 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT changed=2"\n');
    await run(node, 'proxmox-boot-tool', 'refresh');
    expect(node.disks.esps[0]?.tree.text(`/loader/entries/proxmox-${NEW}.conf`)).not.toContain('changed');
    await node.reboot();
    expect(cmdline(node)).toMatch(/ changed=2$/);
  });
});

describe('update-grub', () => {
  test('reads /etc/default/grub.d after the main file, and takes effect at the next boot', async () => {
    const node = createSimulatedNode(GEMINI_LAKE);
    await node.writeAtomic('/etc/default/grub.d/pveigpu.cfg', 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT one=1"\n');
    await node.reboot();
    expect(cmdline(node)).not.toContain('one=1');
    expect(await run(node, 'update-grub')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^Generating grub .*done\n$/s),
    });
    await node.reboot();
    expect(cmdline(node)).toMatch(/ one=1$/);
  });

  test('a file that the shell fails on changes nothing', async () => {
    const node = createSimulatedNode(GEMINI_LAKE);
    const before = node.machine.tree.text('/boot/grub/grub.cfg');
    await node.writeAtomic('/etc/default/grub.d/bad.cfg', 'GRUB_TIMEOUT=1\r\n\r\n');
    expect((await run(node, 'update-grub')).exitCode).not.toBe(0);
    expect(node.machine.tree.text('/boot/grub/grub.cfg')).toBe(before);
  });

  test('from within proxmox-boot-tool no refresh is made', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_P);
    const before = node.disks.esps[0]?.tree.get('/grub/grub.cfg');
    await run(node, 'env', 'PVE_EFIBOOT_UNSHARED=1', 'grub-mkconfig', '-o', '/boot/grub/own.cfg');
    expect(node.disks.esps[0]?.tree.get('/grub/grub.cfg')).toBe(before);
    expect(node.machine.tree.text('/boot/grub/own.cfg')).toContain('menuentry');
  });

  test('where proxmox-boot-tool is used it refreshes the partitions', async () => {
    const node = createSimulatedNode(RAPTOR_LAKE_P);
    await node.writeAtomic('/etc/default/grub.d/x.cfg', 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX x=1"\n');
    expect((await run(node, 'update-grub')).stderr).toContain("W: Running: 'proxmox-boot-tool refresh'");
    await node.reboot();
    expect(cmdline(node)).toContain(' x=1 ');
  });
});

describe('a pin', () => {
  test.each(LAYOUTS.map((profile) => [profile.loader, profile] as const))('%s', async (loader, profile) => {
    const node = createSimulatedNode(profile);
    expect(await run(node, 'proxmox-boot-tool', 'kernel', 'pin', '9.9.9-1-pve')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^E: no kernel image found in \/boot for '9\.9\.9-1-pve', not setting default\./),
    });
    const { stdout } = await run(node, 'proxmox-boot-tool', 'kernel', 'pin', OLD);
    const usesTool = loader.startsWith('pbt-');
    expect(stdout).toContain(usesTool ? "Use the 'refresh' command" : 'as grub default entry');
    if (usesTool) {
      await node.reboot();
      expect(running(node)).toBe(NEW);
      await run(node, 'proxmox-boot-tool', 'refresh');
    }
    await node.reboot();
    // Debian's systemd-boot does not know the pin: only GRUB's snippet is written.
    expect(running(node)).toBe(loader === 'systemd-boot' ? NEW : OLD);
    expect((await run(node, 'proxmox-boot-tool', 'kernel', 'list')).stdout).toContain(`\nPinned kernel:\n${OLD}\n`);
    await run(node, 'proxmox-boot-tool', 'kernel', 'unpin');
    await run(node, 'proxmox-boot-tool', 'refresh');
    await node.reboot();
    expect(running(node)).toBe(NEW);
    expect(node.machine.tree.get('/etc/default/grub.d/proxmox-kernel-pin.cfg')).toBeUndefined();
  });

  test('for one boot goes only after a boot that came up', async () => {
    const panics = ({ release }: { readonly release: string }) => (release === OLD ? 'VFS: Unable to mount root fs' : undefined);
    for (const bad of [false, true]) {
      const node = createSimulatedNode(TIGER_LAKE, bad ? { faults: { panics } } : {});
      await node.writeAtomic('/etc/kernel/next-boot-pin', `${OLD}\n`);
      await run(node, 'proxmox-boot-tool', 'refresh');
      expect((await node.reboot()).booted).toBe(!bad);
      expect((await node.reboot()).booted).toBe(!bad);
      if (!bad) expect(running(node)).toBe(NEW);
    }
  });
});

describe('proxmox-boot-tool refresh', () => {
  test('refuses a command line without root=, and takes /proc/cmdline where there is none', async () => {
    const node = createSimulatedNode(TIGER_LAKE);
    await node.writeAtomic('/etc/kernel/cmdline', 'quiet\nroot=ZFS=rpool/ROOT/pve-1\n');
    expect(await run(node, 'proxmox-boot-tool', 'refresh')).toMatchObject({
      exitCode: 1,
      stderr: 'No root= parameter in /etc/kernel/cmdline found!\n',
    });
    await node.remove('/etc/kernel/cmdline');
    expect((await run(node, 'proxmox-boot-tool', 'refresh')).stderr).toMatch(
      /^No \/etc\/kernel\/cmdline found - falling back to \/proc\/cmdline\n/,
    );
    expect(await node.reboot()).toEqual({ booted: true });
    expect(cmdline(node)?.match(/initrd=/g)).toHaveLength(1);
  });

  test('takes every partition after one with GRUB for the same', async () => {
    const node = createSimulatedNode(TIGER_LAKE);
    node.disks.esps[0]?.tree.setFile('/EFI/proxmox/grubx64.efi', 'simulated GRUB\n');
    node.disks.esps[0]?.tree.setDirectory('/grub');
    expect((await run(node, 'proxmox-boot-tool', 'refresh')).stderr).toContain(
      '/dev/disk/by-uuid/5A1F-77B2 contains no grub directory - skipping',
    );
  });

  test('status names what each partition has', async () => {
    const status = async (profile: Profile) => await run(createSimulatedNode(profile), 'proxmox-boot-tool', 'status');
    expect((await status(TIGER_LAKE)).stdout).toContain(
      `System currently booted with uefi\n5A1E-0D3C is configured with: uefi (versions: ${OLD}, ${NEW})\n`,
    );
    expect((await status(BROADWELL)).stdout).toContain(
      'legacy bios\n5A1E-0D3C is configured with: grub (versions: 6.17.2-1-pve)\n',
    );
    expect(await status(GEMINI_LAKE)).toMatchObject({
      exitCode: 2,
      stderr: 'E: /etc/kernel/proxmox-boot-uuids does not exist.\n',
    });
  });

  test('what is mounted by UUID can be written, and lands on the partition', async () => {
    const node = createSimulatedNode(TIGER_LAKE);
    await node.mkdir('/run/esp');
    const mount = ['mount', '-o', 'nosuid,nodev,noexec', '/dev/disk/by-uuid/5A1F-77B2', '/run/esp'] as const;
    expect((await run(node, ...mount)).exitCode).toBe(0);
    expect((await node.freeSpace('/run/esp')).kind).toBe('content');
    await node.writeAtomic('/run/esp/loader/entries/own.conf', 'title own\n');
    expect(node.machine.tree.text('/proc/mounts')).toContain('/dev/sdb2 /run/esp vfat ');
    expect((await run(node, 'umount', '/run/esp')).exitCode).toBe(0);
    expect(await node.list('/run/esp')).toEqual({ kind: 'content', value: [] });
    expect(node.persistentFiles()['esp2:/loader/entries/own.conf']).toBe('title own\n');
    expect((await run(node, 'umount', '/run/esp')).exitCode).toBe(32);
  });
});
