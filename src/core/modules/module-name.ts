// SPDX-License-Identifier: AGPL-3.0-or-later

/** The kernel's form of a module name: `-` becomes `_`, a path and `.ko`, `.ko.zst`, `.ko.xz` or `.ko.gz` go. */
export function normaliseModuleName(text: string): string {
  const file = text.slice(text.lastIndexOf('/') + 1);
  return file.replace(/\.ko(\.[a-z0-9]+)?$/, '').replaceAll('-', '_');
}

/** The modules whose state decides what a GPU can do here, names with `_`. */
export const RELEVANT_MODULES: readonly string[] = [
  'i915',
  'xe',
  'kvmgt',
  'vfio',
  'vfio_pci',
  'xe_vfio_pci',
  'mdev',
  'vfio_iommu_type1',
  'snd_hda_intel',
  'nouveau',
  'amdgpu',
];
