// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { ProgramPoint } from '../../../src/simulator/host/faults.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { RAPTOR_LAKE_S_UNTOUCHED } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';

const RELEASE = RAPTOR_LAKE_S_UNTOUCHED.kernelRelease;
const OLDER = '6.17.9-1-pve';

class PowerCut extends Error {}

interface Cut {
  readonly point: ProgramPoint;
  readonly comesUp: boolean;
  readonly reason: string | undefined;
}

/** Runs a program again and again, each time with the power going at the next point of it, and boots after each. */
async function cutEverywhere(
  profile: Profile,
  prepare: (node: SimulatedNode) => Promise<unknown>,
  argv: readonly [string, ...string[]],
): Promise<readonly Cut[]> {
  const cuts: Cut[] = [];
  for (let wanted = 0; ; wanted += 1) {
    let left = Number.POSITIVE_INFINITY;
    let last: ProgramPoint | undefined;
    const insideProgram = (point: ProgramPoint) => {
      last = point;
      left -= 1;
      if (left < 0) throw new PowerCut();
    };
    const node = createSimulatedNode(profile, { faults: { insideProgram } });
    await prepare(node);
    left = wanted;
    const end = await node.run(argv).then(
      (answer) => answer,
      (error: unknown) => error,
    );
    if (!(end instanceof PowerCut)) {
      expect(end).toMatchObject({ ok: true, value: { exitCode: 0 } });
      return cuts;
    }
    left = Number.POSITIVE_INFINITY;
    const boot = await node.reboot();
    if (last !== undefined) cuts.push({ point: last, comesUp: boot.booted, reason: boot.booted ? undefined : boot.reason });
  }
}

const layout = (loader: Profile['loader']): Profile => ({ ...RAPTOR_LAKE_S_UNTOUCHED, loader, otherKernels: [OLDER] });
const touchOptions = (node: SimulatedNode) => node.writeAtomic('/etc/modprobe.d/test.conf', 'options i915 enable_guc=0\n');
const failures = (cuts: readonly Cut[]) => cuts.filter(({ comesUp }) => !comesUp);

describe('the power goes inside update-initramfs', () => {
  test('the node comes up whatever the moment, since the new image gets its name at the end', async () => {
    const cuts = await cutEverywhere(layout('grub'), touchOptions, ['update-initramfs', '-u', '-k', RELEASE]);
    expect(cuts.map(({ point }) => `${point.path.replace('/boot/', '')}${point.torn ? ' half' : ''}`)).toEqual([
      `initrd.img-${RELEASE}.dpkg-bak`,
      `initrd.img-${RELEASE}.new half`,
      `initrd.img-${RELEASE}.new`,
      `initrd.img-${RELEASE}`,
      `initrd.img-${RELEASE}.dpkg-bak`,
    ]);
    expect(failures(cuts)).toEqual([]);
  });

  test('the hook that fills the ESP is left out for INITRAMFS_TOOLS_KERNEL_HOOK=1 alone', async () => {
    const argv = ['update-initramfs', '-u', '-k', RELEASE] as const;
    const quiet = await cutEverywhere(layout('pbt-systemd-boot'), touchOptions, [
      'env',
      'INITRAMFS_TOOLS_KERNEL_HOOK=1',
      ...argv,
    ]);
    expect(quiet.every(({ point }) => point.program === 'update-initramfs')).toBe(true);
    expect(failures(quiet)).toEqual([]);
    const loud = await cutEverywhere(layout('pbt-systemd-boot'), touchOptions, [...argv]);
    expect(failures(loud).length).toBeGreaterThan(0);
  });
});

describe('the power goes inside proxmox-boot-tool refresh', () => {
  test('systemd-boot: a torn copy of the default kernel, its initramfs or its entry does not boot', async () => {
    const cuts = await cutEverywhere(layout('pbt-systemd-boot'), touchOptions, ['proxmox-boot-tool', 'refresh']);
    const torn = failures(cuts);
    expect(torn.map(({ reason }) => reason)).toEqual([
      `the kernel /EFI/proxmox/${RELEASE}/vmlinuz-${RELEASE} is incomplete`,
      `the initramfs /EFI/proxmox/${RELEASE}/initrd.img-${RELEASE} is incomplete`,
    ]);
    expect(torn.every(({ point }) => point.torn)).toBe(true);
    // A torn entry is left out by the loader, which then starts the older kernel.
    const entry = cuts.find(({ point }) => point.torn && point.path.endsWith(`proxmox-${RELEASE}.conf`));
    expect(entry).toMatchObject({ comesUp: true });
  });

  test('GRUB: kernel, initramfs and grub.cfg can be torn', async () => {
    const cuts = await cutEverywhere(layout('pbt-grub'), touchOptions, ['proxmox-boot-tool', 'refresh']);
    expect(failures(cuts).map(({ reason }) => reason)).toEqual([
      `the kernel /vmlinuz-${RELEASE} is incomplete`,
      `the initramfs /initrd.img-${RELEASE} is incomplete`,
      'the loader cannot read /grub/grub.cfg',
    ]);
  });
});

describe('the power goes inside update-grub', () => {
  test('grub.cfg is copied in place, so half of it may be left', async () => {
    const cuts = await cutEverywhere(layout('grub'), touchOptions, ['update-grub']);
    expect(failures(cuts).map(({ point }) => point)).toEqual([
      { program: 'update-grub', path: '/boot/grub/grub.cfg', torn: true },
    ]);
  });

  test('into another file first and then renamed it is safe', async () => {
    const cuts = await cutEverywhere(layout('grub'), touchOptions, ['grub-mkconfig', '-o', '/boot/grub/next.cfg']);
    expect(cuts.length).toBeGreaterThan(3);
    expect(failures(cuts)).toEqual([]);
  });
});

describe('an EFI system partition that is full', () => {
  test('refresh stops with the copy cut off, and the node does not come up', async () => {
    const node = createSimulatedNode(layout('pbt-systemd-boot'));
    const [esp] = node.disks.esps;
    if (esp === undefined) throw new Error('no partition');
    let used = 0;
    for (const { node: one } of esp.tree.walk()) if (one.kind === 'file') used += one.content.length;
    esp.sizeBytes = used;
    await node.writeAtomic('/etc/modprobe.d/long.conf', `# ${'x'.repeat(4000)}\n`);
    const built = await node.run(['update-initramfs', '-u', '-k', RELEASE]);
    expect(built).toMatchObject({ value: { exitCode: 1, stderr: expect.stringContaining('No space left on device') } });
    expect(await node.reboot()).toEqual({ booted: false, reason: expect.stringContaining('is incomplete') });
  });
});
