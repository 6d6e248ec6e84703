// SPDX-License-Identifier: AGPL-3.0-or-later

/** A GPU as the rules name it. */
interface RuledGpu {
  readonly bdf: string;
  readonly device: string;
  readonly subsystem: readonly [vendor: string, device: string];
  readonly numVfs: number;
}

/**
 * The way that was not taken (docs/adr/0014): rules that make and bind the VFs themselves, generated from what is desired. Kept so that
 * the comparison can be measured again. The kernel's order is the same: autoprobe off, count, override, probe.
 */
export function generatedRules({ bdf, device, subsystem: [subVendor, subDevice], numVfs }: RuledGpu): string {
  const ids = (folder: string) =>
    [
      `ATTR{${folder}vendor}=="0x8086"`,
      `ATTR{${folder}device}=="0x${device}"`,
      `ATTR{${folder}subsystem_vendor}=="0x${subVendor}"`,
      `ATTR{${folder}subsystem_device}=="0x${subDevice}"`,
    ].join(', ');
  return `SUBSYSTEM!="pci", GOTO="pveigpu_end"
ACTION=="add|bind", KERNEL=="${bdf}", DRIVER=="i915|xe", ${ids('')}, ATTR{sriov_drivers_autoprobe}="0", ATTR{sriov_numvfs}="${numVfs}"
ACTION=="add", TEST=="physfn", ${ids('physfn/')}, RUN{builtin}+="kmod load vfio-pci", ATTR{driver_override}="vfio-pci", ATTR{[subsystem/pci]drivers_probe}="$kernel"
LABEL="pveigpu_end"
`;
}
