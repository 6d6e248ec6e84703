// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase, ExportedMdev, ExportedRender, ExportedVf, WholeGpu } from '../export-case.ts';
import { type ExportFormat, type ExportLine, line, placeholder } from '../exported.ts';

/** A module for NixOS: what its host needs, since there the configuration is the set-up. */
export const NIXOS: ExportFormat = {
  name: 'nixos',
  summary: 'a NixOS module that sets the host up for the slice',
  slices: ['vf', 'mdev', 'pf', 'render'],
  whyNotOthers: '',
  comment: 'hash',
  write: (one) => ({
    lines: [
      line('{ config, pkgs, ... }:'),
      line('{'),
      ...bodyOf(one).map(({ text, ...rest }) => ({ text: text === '' ? '' : `  ${text}`, ...rest })),
      line('}'),
    ],
    notes: [
      'Import this from configuration.nix, then: nixos-rebuild switch, and reboot.',
      ...(one.slice.kind === 'vf' && one.gpu.backend?.endsWith('-dkms') === true ? [MODULE_NOTE] : []),
    ],
  }),
};

/** i915-sriov-dkms docs/install-nixos-host.md: the modules come as an overlay of a NixOS module in that repository's flake. */
const MODULE_NOTE =
  'The driver comes from the NixOS module in the flake of github:strongtz/i915-sriov-dkms; add it to the imports, with nixpkgs followed.';

function bodyOf(one: ExportCase): readonly ExportLine[] {
  const { slice } = one;
  switch (slice.kind) {
    case 'mdev':
      return mdevBody(one, slice);
    case 'vf':
      return vfBody(one, slice);
    case 'pf':
      return pfBody(one, slice);
    case 'render':
      return renderBody(slice);
  }
}

function mdevBody({ asGuide, gpu }: ExportCase, { uuid, type, pf }: ExportedMdev): readonly ExportLine[] {
  const old = gpu.generation !== null && gpu.generation <= 9;
  return [
    line('virtualisation.kvmgt.enable = true;', 'i915 with enable_gvt=1, and kvmgt loaded'),
    ...(pf === '0000:00:02.0' ? [] : [line(`virtualisation.kvmgt.device = "${pf}";`, 'the GPU that offers the types')]),
    line('virtualisation.kvmgt.vgpus = {', 'made at every boot'),
    line(`  "${type}" = {`, 'the type: memory, largest picture and share of time'),
    line(`    uuid = [ "${uuid}" ];`, 'what the hypervisor names'),
    line('  };'),
    line('};'),
    ...(old && asGuide
      ? [
          line(
            'boot.extraModprobeConfig = "options i915 enable_guc=2";',
            'the guide: only where mdev_supported_types is missing after the first reboot',
          ),
        ]
      : [line('boot.extraModprobeConfig = "options i915 enable_guc=0";', 'GVT-g does not start with GuC submission')]),
    ...libvirtLines(),
  ];
}

function vfBody({ gpu }: ExportCase, { count }: ExportedVf): readonly ExportLine[] {
  const path = `/sys/bus/pci/devices/${gpu.bdf}`;
  return [
    ...driverLines(gpu, count),
    line('boot.kernelModules = [ "vfio-pci" ];', 'what VMs take VFs from'),
    line('systemd.services.igpu-vfs = {', 'VFs do not survive a reboot'),
    line('  wantedBy = [ "multi-user.target" ];'),
    line('  before = [ "libvirtd.service" ];', 'guests find them'),
    line('  serviceConfig.Type = "oneshot";'),
    line('  serviceConfig.RemainAfterExit = true;'),
    line("  script = ''"),
    line(`    echo 0 > ${path}/sriov_drivers_autoprobe`, 'the host must not use VFs itself'),
    line(`    echo ${count} > ${path}/sriov_numvfs`, 'as many VFs as the machine has now'),
    line(`    for vf in ${path}/virtfn*; do`),
    line('      echo vfio-pci > $vf/driver_override', 'each belongs to vfio-pci, by its address'),
    line('      basename $(readlink $vf) > /sys/bus/pci/drivers_probe', 'binds it'),
    line('    done'),
    line("  '';"),
    line('};'),
    ...libvirtLines(),
  ];
}

/** i915-sriov-dkms README, "Required kernel parameters", and for the kernel's own xe drivers/gpu/drm/xe/xe_module.c. */
function driverLines({ backend, device, isI915s }: ExportCase['gpu'], count: number): readonly ExportLine[] {
  const parameters = (words: readonly string[], why: string) =>
    line(`boot.kernelParams = [ ${['intel_iommu=on', ...words].map((word) => `"${word}"`).join(' ')} ];`, why);
  if (backend === 'i915-dkms')
    return [
      line('boot.extraModulePackages = [ pkgs.i915-sriov ];', 'i915 that can make VFs'),
      parameters(
        ['i915.enable_guc=3', `i915.max_vfs=${count}`, 'module_blacklist=xe'],
        'VFs are scheduled by the GuC firmware; max_vfs is how many may be made; xe would take the GPU first',
      ),
    ];
  if (backend === 'xe-dkms')
    return [
      line('boot.extraModulePackages = [ pkgs.xe-sriov ];', 'xe that can make VFs'),
      parameters(
        [`xe.max_vfs=${count}`, `xe.force_probe=${device}`, 'module_blacklist=i915'],
        'max_vfs is how many may be made; xe takes this GPU only when told to',
      ),
    ];
  return [
    line('boot.kernelPackages = pkgs.linuxPackages_latest;', 'the own xe of a recent kernel makes VFs'),
    isI915s
      ? parameters([`xe.force_probe=${device}`, `i915.force_probe=!${device}`], 'xe takes this GPU, i915 leaves it')
      : parameters([], 'passthrough needs the IOMMU'),
  ];
}

function pfBody({ gpu }: ExportCase, _slice: WholeGpu): readonly ExportLine[] {
  return [
    line('boot.kernelParams = [ "intel_iommu=on" ];', 'passthrough needs the IOMMU'),
    line('boot.initrd.kernelModules = [ "vfio_pci" "vfio_iommu_type1" ];', 'there before the graphics driver'),
    line("boot.extraModprobeConfig = ''"),
    line(`  options vfio-pci ids=8086:${gpu.device}`, 'by id: every GPU of this id, which must have no VFs'),
    line('  softdep i915 pre: vfio-pci', 'vfio-pci comes first'),
    line('  softdep xe pre: vfio-pci', 'vfio-pci comes first'),
    line("'';"),
    ...libvirtLines(),
  ];
}

function renderBody({ bdf }: ExportedRender): readonly ExportLine[] {
  return [
    line('hardware.graphics.enable = true;', 'OpenGL and VA-API'),
    line('hardware.graphics.extraPackages = [ pkgs.intel-media-driver pkgs.vpl-gpu-rt ];', 'VA-API and Quick Sync for Intel'),
    line(
      `users.users.${placeholder('user').toLowerCase()}.extraGroups = [ "render" ];`,
      `who may open /dev/dri/by-path/pci-${bdf}-render`,
    ),
  ];
}

function libvirtLines(): readonly ExportLine[] {
  return [line('virtualisation.libvirtd.enable = true;', 'the hypervisor that the guest runs in')];
}
