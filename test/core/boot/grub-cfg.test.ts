// SPDX-License-Identifier: AGPL-3.0-or-later
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { grubEntries } from '../../../src/core/boot/grub-cfg.ts';
import { keptGrubCfg } from '../../../src/core/capture/kept-boot.ts';

/** As grub-mkconfig 2.12 writes it on a node with two kernels, shortened. */
const CFG = `menuentry 'Proxmox VE GNU/Linux' --class proxmox --class gnu-linux $menuentry_id_option 'gnulinux-simple-5d1f' {
\tload_video
\techo\t'Loading Linux 6.17.9-1-pve ...'
\tlinux\t/boot/vmlinuz-6.17.9-1-pve root=/dev/mapper/pve-root ro  quiet intel_iommu=on dyndbg="file drivers/pci/* +p"
\tinitrd\t/boot/initrd.img-6.17.9-1-pve
}
submenu 'Advanced options' {
\tmenuentry 'Proxmox VE GNU/Linux, with Linux 6.17.9-1-pve' {
\t\tlinux\t/boot/vmlinuz-6.17.9-1-pve root=/dev/mapper/pve-root ro  quiet intel_iommu=on dyndbg="file drivers/pci/* +p"
\t}
\tmenuentry 'Proxmox VE GNU/Linux, with Linux 6.17.9-1-pve (recovery mode)' {
\t\tlinux\t/boot/vmlinuz-6.17.9-1-pve root=/dev/mapper/pve-root ro single
\t}
\tmenuentry 'Proxmox VE GNU/Linux, with Linux 6.14.11-4-pve' {
\t\tlinux\t/vmlinuz-6.14.11-4-pve root=/dev/mapper/pve-root ro  quiet password=secret
\t}
}
`;

test('each kernel with the parameters of its normal entry', () => {
  expect(grubEntries(CFG)).toEqual([
    {
      release: '6.17.9-1-pve',
      parameters: ['root=/dev/mapper/pve-root', 'ro', 'quiet', 'intel_iommu=on', 'dyndbg="file drivers/pci/* +p"'],
    },
    { release: '6.14.11-4-pve', parameters: ['root=/dev/mapper/pve-root', 'ro', 'quiet', 'password=secret'] },
  ]);
});

test('a capture keeps what matters of it, and reads the same from that', () => {
  const kept = keptGrubCfg(CFG);
  expect(kept).not.toMatch(/secret|menuentry|Loading/);
  expect(grubEntries(kept).map(({ release, parameters }) => [release, parameters.includes('intel_iommu=on')])).toEqual([
    ['6.17.9-1-pve', true],
    ['6.14.11-4-pve', false],
  ]);
  expect(keptGrubCfg(kept)).toBe(kept);
});

test('any text has an answer', () => {
  void fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      const found = grubEntries(`${before}\n\tlinux\t/vmlinuz-1-x quiet\n${after}`);
      expect(found.some(({ release }) => release === '1-x')).toBe(true);
    }),
  );
});
