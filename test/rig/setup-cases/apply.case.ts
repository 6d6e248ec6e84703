// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { whyNot } from '../build/debian-mirror.ts';
import { FULL } from '../cases/with-machine.ts';
import { makeSetupDisk } from '../setup/setup-disk.ts';
import { SetupNode } from '../setup/setup-node.ts';

const DRIVER = 'basename $(readlink /sys/bus/pci/devices/0000:00:02.0/driver)';
const IN_INITRAMFS = 'lsinitramfs /boot/initrd.img-$(uname -r)';
const ESP = '/dev/disk/by-uuid/$(cat /etc/kernel/proxmox-boot-uuids)';

/** How a node starts, and the command that shows what its loader gives to the kernel at the next boot. */
const LOADERS = {
  grub: { mode: 'grub', options: 'cat /boot/grub/grub.cfg' },
  'systemd-boot': { mode: 'efi', options: `mount ${ESP} /mnt && cat /mnt/loader/entries/*.conf && umount /mnt` },
} as const;
type Loader = keyof typeof LOADERS;

/** A mode, its GPU, and what the node must be like after the reboot. */
interface Story {
  readonly mode: 'gvt-d' | 'gvt-g' | 'sriov';
  readonly device: number;
  readonly options?: string;
  readonly driver: string;
  readonly modules: readonly string[];
  /** Files below `/sys/module` and what they say. */
  readonly parameters: { readonly [path: string]: string };
  readonly guestsSaw?: readonly string[];
}

const VFS = Array.from({ length: 7 }, (_none, index) => `0000:00:02.${index + 1} vfio-pci`);

const STORIES: readonly Story[] = [
  {
    ...{ mode: 'gvt-d', device: 0x46a6, driver: 'vfio-pci', modules: ['vfio_pci'] },
    ...{ parameters: {}, guestsSaw: ['0000:00:02.0 vfio-pci'] },
  },
  {
    ...{ mode: 'sriov', device: 0x46a6, options: '--driver-from /root/driver', driver: 'i915', modules: ['i915', 'vfio_pci'] },
    ...{ parameters: { 'i915/parameters/enable_guc': '3', 'i915/parameters/max_vfs': '7' } },
    ...{ guestsSaw: ['0000:00:02.0 i915', ...VFS] },
  },
  {
    ...{ mode: 'gvt-g', device: 0x3e92, driver: 'i915', modules: ['i915', 'kvmgt', 'mdev'] },
    ...{ parameters: { 'i915/parameters/enable_gvt': 'Y', 'i915/parameters/enable_guc': '0' } },
  },
];

const made = new Set<string>();

/** The disk of a node that nobody has set up, made when it is first asked for. It has a word that the product has to stand against. */
async function untouched(loader: Loader, { device }: Story): Promise<string> {
  const disk = `${loader}-${device.toString(16)}`;
  if (!made.has(disk)) await makeSetupDisk(disk, { device, loader, iommu: 'intel_iommu=off' });
  made.add(disk);
  return disk;
}

/** The way of a node from the host to a mode and back, with real reboots. */
function tell(loader: Loader, story: Story): void {
  const { mode, options = '', ...wanted } = story;
  test(`apply ${mode}, reboot, apply host, reboot: as it was`, async ({ task }) => {
    const node = await SetupNode.start(await untouched(loader, story), `${loader}-${mode}`, {
      mode: LOADERS[loader].mode,
    });
    Object.assign(task.meta, { bootSeconds: node.machine.bootSeconds });
    try {
      await node.must('cp -r /mnt/share/driver/good /root/driver');
      expect(await node.must('cat /proc/cmdline')).toContain('intel_iommu=off');
      const before = await node.etc();
      const applied = await node.pveigpu(`apply ${mode} ${options} --force --yes`);
      expect(applied.code, applied.text).toBe(4);
      expect(await node.must(IN_INITRAMFS)).toContain('etc/modprobe.d/pveigpu.conf');
      expect(await node.must(LOADERS[loader].options)).toContain('intel_iommu=on');
      const again = await node.pveigpu(`plan ${mode} ${options} --force`);
      expect(again.code, again.text).toBe(0);

      await node.reboot();
      expect(await node.confirmed()).toContain('this is confirmed');
      expect(await node.must('ls /var/lib/pveigpu')).not.toContain('pending.json');
      expect(await node.must('cat /proc/cmdline')).toContain('intel_iommu=on');
      expect((await node.must(DRIVER)).trim()).toBe(wanted.driver);
      const modules = await node.must('cut -d" " -f1 /proc/modules');
      for (const module of wanted.modules) expect(modules.split('\n')).toContain(module);
      for (const [path, value] of Object.entries(wanted.parameters))
        expect((await node.must(`cat /sys/module/${path}`)).trim(), path).toBe(value);
      if (wanted.guestsSaw !== undefined) expect(await node.guestsSaw()).toEqual(wanted.guestsSaw);
      const asserted = await node.pveigpu('assert');
      expect(asserted.code, asserted.text).toBe(0);

      const back = await node.pveigpu('apply host --yes');
      expect(back.code, back.text).toBe(4);
      expect(await node.must(IN_INITRAMFS)).not.toContain('pveigpu');
      expect(await node.must(LOADERS[loader].options)).not.toContain('intel_iommu=on');
      await node.reboot();
      expect(await node.etc()).toEqual(before);
      expect(await node.must('cat /proc/cmdline')).not.toContain('intel_iommu=on');
      expect((await node.must(DRIVER)).trim()).toBe('i915');
      const confirmed = await node.pveigpu('confirm --yes');
      expect(confirmed.code, confirmed.text).toBe(0);
      expect(await node.must('dpkg --audit; dkms status; systemctl --failed -q --no-legend')).toBe('');
    } finally {
      await node.cutPower();
    }
  });
}

describe.skipIf(whyNot() !== undefined).each(FULL ? (['grub', 'systemd-boot'] as const) : (['grub'] as const))(
  'set-up on %s',
  (loader) => {
    for (const story of FULL ? STORIES : STORIES.slice(0, 1)) tell(loader, story);
  },
);
