// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Profile } from '../profile.ts';

/** What the kernel shows of firmware and processor: DMI, EFI, ACPI tables, management engine, `/proc/cpuinfo`. */
export function showFirmware(tree: FileTree, profile: Profile): void {
  const readOnly = (path: string, text: string | Uint8Array, mode = 0o444) => tree.setFile(path, text, { mode });
  const dmi = (name: string, value: string | undefined, mode?: number) => {
    if (value !== undefined) readOnly(`/sys/class/dmi/id/${name}`, `${value}\n`, mode);
  };
  dmi('board_vendor', profile.board?.vendor);
  dmi('board_name', profile.board?.name);
  dmi('sys_vendor', profile.board?.vendor);
  dmi('product_name', profile.board?.product ?? profile.board?.name);
  dmi('bios_version', profile.bios?.version);
  dmi('bios_date', profile.bios?.date);
  // Here so that a capture which kept them would be caught.
  dmi('board_serial', 'MB-SERIAL-0815', 0o400);
  dmi('product_serial', 'SYS-SERIAL-4711', 0o400);
  dmi('product_uuid', '03000200-0400-0500-0006-000700080009', 0o400);
  if (profile.efi) {
    tree.setDirectory('/sys/firmware/efi/efivars');
    if (profile.secureBoot !== undefined)
      readOnly(
        '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c',
        Uint8Array.of(6, 0, 0, 0, profile.secureBoot ? 1 : 0),
        0o644,
      );
  }
  tree.setDirectory('/sys/firmware/acpi/tables');
  if (profile.iommu) readOnly('/sys/firmware/acpi/tables/DMAR', dmarTable(), 0o400);
  if (profile.meVersion !== undefined) readOnly('/sys/class/mei/mei0/fw_ver', `0:${profile.meVersion}\n`.repeat(3));
  readOnly('/proc/cpuinfo', cpuinfo(profile));
}

/** The IOMMU units, when one is in use: PVE's own test is that `/sys/class/iommu` is not empty. */
export function showIommu(tree: FileTree, iommu: boolean): void {
  tree.setDirectory('/sys/class/iommu');
  if (!iommu) return;
  for (const unit of ['dmar0', 'dmar1']) {
    const directory = `/sys/devices/virtual/iommu/${unit}`;
    tree.setFile(`${directory}/intel-iommu/cap`, '1c0000c40660462\n', { mode: 0o444 });
    tree.setFile(`${directory}/intel-iommu/ecap`, '7e3ff0505e\n', { mode: 0o444 });
    tree.setFile(`${directory}/intel-iommu/version`, '1:0\n', { mode: 0o444 });
    tree.setLink(`/sys/class/iommu/${unit}`, `../../devices/virtual/iommu/${unit}`);
  }
}

/** A DMAR table of header only: signature, length, revision, checksum left 0, host address width 39 (38 is stored). */
function dmarTable(): Uint8Array {
  const bytes = new Uint8Array(48);
  bytes.set(new TextEncoder().encode('DMAR'));
  bytes[4] = 48;
  bytes[8] = 1;
  bytes[36] = 38;
  return bytes;
}

function cpuinfo(profile: Profile): string {
  const fields = [0, 1, 2, 3].map((processor) =>
    [
      `processor\t: ${processor}`,
      `vendor_id\t: ${profile.cpuVendor ?? 'GenuineIntel'}`,
      `model name\t: ${profile.cpuModel}`,
      ...(profile.microcode === undefined ? [] : [`microcode\t: ${profile.microcode}`]),
      'cpu MHz\t\t: 2400.000',
      `flags\t\t: fpu vme de pse tsc msr pae ${profile.cpuVendor === 'AuthenticAMD' ? 'svm' : 'vmx'} aes avx2`,
    ].join('\n'),
  );
  return `${fields.join('\n\n')}\n\n`;
}
