// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ProfileDevice } from '../profile.ts';
import { kernelNumber } from './numbers.ts';

/** What is known of a module besides the code that plays it: its place, what it needs, its parameters with their defaults. */
export interface ModuleSpec {
  /** Directory below `kernel/` of `/lib/modules/RELEASE/`. */
  readonly directory: string;
  readonly needs: readonly string[];
  readonly parameters: { readonly [name: string]: string };
  /** Parameters that take a value but have no file in sysfs. */
  readonly hidden?: readonly string[];
}

/** "unlimited" of an unsigned module parameter, the default of xe's `max_vfs` from 6.17 on (kernel xe_module.c). */
const UNLIMITED = '4294967295';

/** The specification of a module in a kernel, from the kernel package or from DKMS; undefined when the kernel has none. */
export function moduleSpec(name: string, origin: 'stock' | 'dkms', release: string): ModuleSpec | undefined {
  const spec = SPECS[name];
  const since = SINCE[name];
  if (spec === undefined || (since !== undefined && kernelNumber(release) < since)) return undefined;
  if (name === 'i915' && origin === 'dkms') return { ...spec, parameters: { ...spec.parameters, max_vfs: '0' } };
  if (name === 'xe') {
    const unlimited = origin === 'dkms' || kernelNumber(release) >= 6017;
    return { ...spec, parameters: { ...spec.parameters, max_vfs: unlimited ? UNLIMITED : '0' } };
  }
  return spec;
}

/** Names of all modules that a kernel package brings. */
export function stockModules(release: string): readonly string[] {
  return Object.keys(SPECS).filter((name) => moduleSpec(name, 'stock', release) !== undefined);
}

/** Drivers whose module has another name than the driver. */
const MODULE_OF_DRIVER: { readonly [driver: string]: string } = {
  xhci_hcd: 'xhci_pci',
  i801_smbus: 'i2c_i801',
  'intel-lpss': 'intel_lpss_pci',
  'vfio-pci': 'vfio_pci',
};

/** Drivers that are built into the kernel and have no module. */
const BUILT_IN = new Set(['pcieport', 'agpgart-intel']);

/** The module of a driver, or undefined when it is built in. */
export function moduleOfDriver(driver: string): string | undefined {
  return BUILT_IN.has(driver) ? undefined : (MODULE_OF_DRIVER[driver] ?? driver.replaceAll('-', '_'));
}

/** The modules that udev would load for a function: those that its profile names, else the one of its driver. */
export function modulesFor(device: ProfileDevice): readonly string[] {
  const own = device.driver === undefined ? undefined : moduleOfDriver(device.driver);
  return device.modules ?? (own === undefined ? [] : [own]);
}

const PCI = 'drivers/vfio/pci';
const SPECS: { readonly [name: string]: ModuleSpec } = {
  i915: {
    directory: 'drivers/gpu/drm/i915',
    needs: ['drm_kms_helper', 'ttm', 'video'],
    parameters: { enable_guc: '-1', enable_gvt: 'N', force_probe: '', modeset: '-1', enable_dc: '-1', guc_log_level: '-1' },
  },
  xe: {
    directory: 'drivers/gpu/drm/xe',
    needs: ['drm_kms_helper', 'ttm', 'video'],
    parameters: { force_probe: '', probe_display: 'Y', guc_log_level: '3', wedged_mode: '1' },
  },
  kvmgt: { directory: 'drivers/gpu/drm/i915', needs: ['i915', 'mdev', 'vfio', 'kvm'], parameters: {} },
  mdev: { directory: 'drivers/vfio/mdev', needs: [], parameters: {} },
  vfio: { directory: 'drivers/vfio', needs: [], parameters: { enable_unsafe_noiommu_mode: 'N' } },
  vfio_iommu_type1: {
    directory: 'drivers/vfio',
    needs: ['vfio'],
    parameters: { allow_unsafe_interrupts: 'N', disable_hugepages: 'N', dma_entry_limit: '65535' },
  },
  vfio_pci_core: {
    directory: PCI,
    needs: ['vfio'],
    parameters: {},
  },
  vfio_pci: {
    directory: PCI,
    needs: ['vfio_pci_core', 'vfio_iommu_type1'],
    parameters: { disable_denylist: 'N', disable_idle_d3: 'N', disable_vga: 'N', enable_sriov: 'N', nointxmask: 'N' },
    hidden: ['ids'],
  },
  xe_vfio_pci: { directory: `${PCI}/xe`, needs: ['vfio_pci_core', 'vfio_iommu_type1', 'xe'], parameters: {} },
  pci_stub: { directory: 'drivers/pci', needs: [], parameters: {}, hidden: ['ids'] },
  pci_pf_stub: { directory: 'drivers/pci', needs: [], parameters: {} },
  drm_kms_helper: { directory: 'drivers/gpu/drm', needs: [], parameters: {} },
  ttm: { directory: 'drivers/gpu/drm/ttm', needs: [], parameters: {} },
  video: { directory: 'drivers/acpi', needs: [], parameters: {} },
  kvm: { directory: 'arch/x86/kvm', needs: [], parameters: {} },
  kvm_intel: { directory: 'arch/x86/kvm', needs: ['kvm'], parameters: { nested: 'Y' } },
  nouveau: { directory: 'drivers/gpu/drm/nouveau', needs: ['drm_kms_helper', 'ttm', 'video'], parameters: { modeset: '-1' } },
  amdgpu: { directory: 'drivers/gpu/drm/amd/amdgpu', needs: ['drm_kms_helper', 'ttm', 'video'], parameters: {} },
  snd_hda_intel: { directory: 'sound/hda/controllers', needs: [], parameters: { power_save: '1' } },
  snd_soc_avs: { directory: 'sound/soc/intel/avs', needs: [], parameters: {} },
  snd_sof_pci_intel_tgl: { directory: 'sound/soc/sof/intel', needs: [], parameters: {} },
  mei: { directory: 'drivers/misc/mei', needs: [], parameters: {} },
  mei_me: { directory: 'drivers/misc/mei', needs: ['mei'], parameters: { disable_msi: 'N' } },
  ahci: { directory: 'drivers/ata', needs: [], parameters: {} },
  nvme: { directory: 'drivers/nvme/host', needs: [], parameters: {} },
  xhci_pci: { directory: 'drivers/usb/host', needs: [], parameters: {} },
  i2c_i801: { directory: 'drivers/i2c/busses', needs: [], parameters: {} },
  intel_lpss_pci: { directory: 'drivers/mfd', needs: [], parameters: {} },
  e1000e: { directory: 'drivers/net/ethernet/intel/e1000e', needs: [], parameters: {} },
  igc: { directory: 'drivers/net/ethernet/intel/igc', needs: [], parameters: {} },
  r8169: { directory: 'drivers/net/ethernet/realtek', needs: [], parameters: {} },
  iwlwifi: { directory: 'drivers/net/wireless/intel/iwlwifi', needs: [], parameters: {} },
};

/** First kernel of modules that older ones lack, as `kernelNumber`. */
const SINCE: { readonly [name: string]: number } = { xe: 6008, xe_vfio_pci: 7000 };
