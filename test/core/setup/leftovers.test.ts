// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { PciDevice } from '../../../src/core/facts/pci-facts.ts';
import type { Mode } from '../../../src/core/gpu/verdict.ts';
import { findLeftovers } from '../../../src/core/setup/leftovers/table.ts';
import { emptyFacts } from '../../support/facts.ts';

const DEVICE = { bdf: '0000:00:02.0', vendor: '8086', device: '5a85' } as PciDevice;

/** The leftovers of one GPU, each as `id place: breaks|serves|note`. */
function found(
  mode: Mode,
  files: { readonly [path: string]: string },
  words: readonly string[] = [],
  driver: string | null = 'i915',
) {
  const others = { files: Object.entries(files).map(([path, text]) => ({ path, text })), words, ourWords: [] };
  const ground = {
    facts: emptyFacts(),
    others,
    device: DEVICE,
    mode,
    driver: mode === 'gvt-d' ? null : driver,
    release: '6.17.9-1-pve',
  };
  return findLeftovers(ground).map(({ id, path, line, breaks, serves }) => {
    const means = breaks !== undefined ? 'breaks' : serves === true ? 'serves' : 'note';
    return `${id.replace('leftover.', '')} ${path}${line === undefined ? '' : `:${line}`}: ${means}`;
  });
}

/** What the guide for the NUC6CAYH leaves behind (github.com/roger-/proxmox-igpu-nuc6cayh). */
const GUIDE = {
  '/etc/modules': '# /etc/modules\nvfio\nvfio_iommu_type1\nvfio_pci\nvfio_virqfd\n',
  '/etc/modprobe.d/vfio.conf': 'options vfio-pci ids=8086:5a85,8086:5a98\n',
  '/etc/modprobe.d/blacklist.conf': 'blacklist snd_hda_intel\nblacklist i915\n',
};

describe('leftovers', () => {
  test('the guide for the NUC6CAYH serves gvt-d and breaks gvt-g', () => {
    expect(found('gvt-d', GUIDE)).toEqual(['vfio-ids /etc/modprobe.d/vfio.conf:1: serves', 'vfio-virqfd /etc/modules:5: note']);
    expect(found('gvt-g', GUIDE)).toEqual([
      'vfio-ids /etc/modprobe.d/vfio.conf:1: breaks',
      'driver-blocked /etc/modprobe.d/blacklist.conf:2: breaks',
      'vfio-virqfd /etc/modules:5: note',
    ]);
  });

  test('the same settings on the command line', () => {
    const words = [
      'vfio-pci.ids=8086:5a85',
      'module_blacklist=nouveau,i915',
      'pcie_acs_override=downstream',
      'vfio_pci.disable_vga=1',
    ];
    expect(found('sriov', {}, words)).toEqual([
      'vfio-ids /proc/cmdline: breaks',
      'driver-blocked /proc/cmdline: breaks',
      'disable-vga /proc/cmdline: note',
      'acs-override /proc/cmdline: note',
    ]);
  });

  test('what is about another device or another driver is none', () => {
    const files = {
      '/etc/modprobe.d/nvidia.conf': 'options vfio-pci ids=10de:1c82\nblacklist nouveau\nblacklist xe\n',
      '/etc/sysfs.conf': '# devices/pci0000:00/0000:00:02.0/sriov_numvfs = 7\ndevices/pci0000:00/0000:01:00.0/sriov_numvfs = 4\n',
    };
    expect(found('sriov', files)).toEqual([]);
  });

  test('makers of VFs', () => {
    const files = {
      '/etc/sysfs.d/gpu.conf': 'devices/pci0000:00/0000:00:02.0/sriov_numvfs = 7\n',
      '/etc/tmpfiles.d/i915-set-sriov-numvfs.conf':
        '#w /sys/devices/pci0000:00/0000:00:02.0/sriov_numvfs - - - - 1\nw /sys/devices/pci0000:00/0000:00:02.0/sriov_numvfs - - - - 3\n',
    };
    expect(found('sriov', files)).toEqual([
      'vf-maker /etc/sysfs.d/gpu.conf:1: serves',
      'vf-maker /etc/tmpfiles.d/i915-set-sriov-numvfs.conf:2: serves',
    ]);
    expect(found('gvt-d', files)).toEqual([
      'vf-maker /etc/sysfs.d/gpu.conf:1: note',
      'vf-maker /etc/tmpfiles.d/i915-set-sriov-numvfs.conf:2: note',
    ]);
  });

  test('rules of udev that make VFs or give a driver, for this GPU alone', () => {
    const files = {
      '/etc/udev/rules.d/80-igpu.rules':
        '# ATTR{sriov_numvfs}="9"\nACTION=="add", KERNEL=="0000:00:02.0", SUBSYSTEM=="pci", ATTR{sriov_numvfs}="4"\n' +
        'KERNEL=="0000:01:00.0", ATTR{sriov_numvfs}="4"\nSUBSYSTEM=="pci", ATTR{device}=="0x5a85", ATTR{driver_override}="vfio-pci"\n' +
        'ATTR{[pci/0000:00:02.0]sriov_numvfs}="2"\n',
    };
    expect(found('sriov', files)).toEqual([
      'vf-maker /etc/udev/rules.d/80-igpu.rules:2: serves',
      'udev-override /etc/udev/rules.d/80-igpu.rules:4: breaks',
    ]);
    expect(found('gvt-d', files)).toEqual([
      'vf-maker /etc/udev/rules.d/80-igpu.rules:2: note',
      'udev-override /etc/udev/rules.d/80-igpu.rules:4: serves',
    ]);
  });

  test('rules of udev that go on over several lines', () => {
    const files = {
      '/etc/udev/rules.d/80-igpu.rules':
        'ACTION=="add", SUBSYSTEM=="pci", \\\n  KERNEL=="0000:00:02.0", \\\n  # four\n\tATTR{sriov_numvfs}="4"\n' +
        '# of another device \\\nKERNEL=="0000:01:00.0", \\\nATTR{sriov_numvfs}="4"\n',
    };
    expect(found('sriov', files)).toEqual(['vf-maker /etc/udev/rules.d/80-igpu.rules:1: serves']);
  });

  test('overrides of driverctl', () => {
    const given = (driver: string) => ({
      '/etc/driverctl.d/0000:00:02.0': `${driver}\n`,
      '/etc/driverctl.d/0000:01:00.0': 'x\n',
    });
    expect(found('gvt-d', given('vfio-pci'))).toEqual(['driverctl /etc/driverctl.d/0000:00:02.0: serves']);
    expect(found('gvt-g', given('vfio-pci'))).toEqual(['driverctl /etc/driverctl.d/0000:00:02.0: breaks']);
    expect(found('gvt-g', given('i915'))).toEqual(['driverctl /etc/driverctl.d/0000:00:02.0: note']);
  });

  test('a line that keeps a module from loading: the GPU driver may stay away in gvt-d, vfio-pci may not', () => {
    const files = { '/etc/modprobe.d/a.conf': 'install i915 /bin/false\ninstall vfio-pci /bin/false\n' };
    expect(found('gvt-d', files)).toEqual(['install-line /etc/modprobe.d/a.conf:2: breaks']);
  });

  test('lines of modprobe that run or pull in something', () => {
    const files = {
      '/etc/modprobe.d/a.conf':
        'softdep i915 pre: vfio-pci\ninstall i915 /usr/local/bin/load-i915\noptions vfio_iommu_type1 allow_unsafe_interrupts=1\n',
    };
    expect(found('gvt-d', files)).toEqual(
      [
        'install-line /etc/modprobe.d/a.conf:1: note',
        'install-line /etc/modprobe.d/a.conf:2: breaks',
        'unsafe-interrupts /etc/modprobe.d/a.conf:3: note',
      ].map((line) => line.replace('install-line /etc/modprobe.d/a.conf:1', 'softdep /etc/modprobe.d/a.conf:1')),
    );
  });
});
