// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import { kernelImage } from '../boot/loader.ts';
import { moduleSpec, modulesFor, stockModules } from '../kernel/module-table.ts';
import type { Profile } from '../profile.ts';
import { depmod } from './depmod.ts';

/** Module files whose name has underscores; the others have hyphens in place of them. */
const WITH_UNDERSCORE = /^(vfio_iommu_type1|drm_kms_helper|snd_.*|vfio_pci_core)$/;

/** Puts the files of a kernel package on the disk: kernel, configuration, modules. Its initramfs is made by a hook. */
export function placeKernelFiles(tree: FileTree, profile: Profile, release: string): void {
  const directory = `/lib/modules/${release}`;
  const ofProfile = profile.devices.flatMap((device) => modulesFor(device));
  for (const name of new Set([...stockModules(release), ...ofProfile])) {
    const spec = moduleSpec(name, 'stock', release);
    const file = WITH_UNDERSCORE.test(name) ? name : name.replaceAll('_', '-');
    if (spec !== undefined) tree.setFile(`${directory}/kernel/${spec.directory}/${file}.ko`, 'simulated module\n');
  }
  tree.setFile(`${directory}/modules.builtin`, 'kernel/drivers/pci/pcie/portdrv.ko\nkernel/drivers/iommu/iommufd/iommufd.ko\n');
  tree.setFile(`${directory}/modules.alias`, aliases(profile));
  tree.setFile(`/boot/vmlinuz-${release}`, kernelImage(release));
  tree.setFile(
    `/boot/config-${release}`,
    'CONFIG_INTEL_IOMMU_DEFAULT_ON=y\nCONFIG_DRM_I915_GVT_KVMGT=m\nCONFIG_VFIO_PCI=m\nCONFIG_MODULE_SIG_HASH="sha512"\n',
  );
  depmod(tree, release);
}

/** Takes the files of a kernel package away. What others put below its modules' directory stays, as with dpkg. */
export function removeKernelFiles(tree: FileTree, release: string): void {
  const directory = `/lib/modules/${release}`;
  for (const file of [`/boot/vmlinuz-${release}`, `/boot/config-${release}`]) tree.remove(file);
  tree.remove(`${directory}/kernel`);
  // The kernel's postrm removes what depmod made.
  for (const name of tree.names(directory) ?? []) if (name.startsWith('modules.')) tree.remove(`${directory}/${name}`);
  if (tree.names(directory)?.length === 0) tree.remove(directory);
}

/** The prototype that the headers of every kernel since 6.7 have (kernel include/drm/display/drm_dp_mst_helper.h). */
const PBN_PROTOTYPE = 'int drm_dp_calc_pbn_mode(int clock, int bpp);';

/** Where a function that has changed its arguments between kernels is declared, below a header tree. */
export const PBN_HEADER = 'include/drm/display/drm_dp_mst_helper.h';

/** Puts the files of a header package on the disk, and the link that builds look for. */
export function placeHeaderFiles(tree: FileTree, release: string): void {
  const source = `/usr/src/linux-headers-${release}`;
  tree.setFile(`${source}/Makefile`, `# simulated headers of ${release}\n`);
  tree.setFile(`${source}/.config`, tree.text(`/boot/config-${release}`) ?? 'CONFIG_MODULE_SIG_HASH="sha512"\n');
  tree.setFile(`${source}/${PBN_HEADER}`, `${PBN_PROTOTYPE}\n`);
  tree.setFile(`${source}/scripts/sign-file`, '', { mode: 0o755 });
  tree.setLink(`/lib/modules/${release}/build`, source);
}

/** Takes the files of a header package away. */
export function removeHeaderFiles(tree: FileTree, release: string): void {
  tree.remove(`/usr/src/linux-headers-${release}`);
  tree.remove(`/lib/modules/${release}/build`);
  if (tree.names(`/lib/modules/${release}`)?.length === 0) tree.remove(`/lib/modules/${release}`);
}

function aliases(profile: Profile): string {
  const lines = profile.devices.flatMap((device) =>
    modulesFor(device).map((module) => {
      const hex = (text: string) => text.toUpperCase().padStart(8, '0');
      return `alias pci:v${hex(device.vendor)}d${hex(device.device)}sv*sd*bc${device.class.slice(0, 2).toUpperCase()}sc*i* ${module}`;
    }),
  );
  return `# Aliases extracted from modules themselves.\n${[...new Set(lines)].sort().join('\n')}\n`;
}
