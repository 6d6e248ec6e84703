// SPDX-License-Identifier: AGPL-3.0-or-later

/** The `kernel` section. */
export interface KernelFacts {
  /** `uname -r`, from `/proc/sys/kernel/osrelease`. */
  readonly release: string;
  /** `/proc/cmdline` without the line end. */
  readonly cmdline: string;
}

/** Where a module file comes from: the kernel package, DKMS (`updates/dkms`), another folder than those (`updates/`, `extra/`), or built in. */
export type ModuleOrigin = 'stock' | 'dkms' | 'updates' | 'builtin' | 'absent' | 'unknown';

export interface ModuleState {
  readonly name: string;
  /** Shown by `/sys/module`, or built in. */
  readonly loaded: boolean;
  /** Which file `modprobe` would load for the running kernel. */
  readonly origin: ModuleOrigin;
  /** Path below `/lib/modules/<release>/`, when found. */
  readonly file?: string;
  /** `/sys/module/<name>/version` of a loaded module. */
  readonly version?: string;
  /** `/sys/module/<name>/taint`, for example `OE` for an out-of-tree, unsigned module. */
  readonly taint?: string;
  /** `origin_kernel` of the module file, which i915-sriov-dkms writes: the kernel tree that it was taken from. */
  readonly originKernel?: string;
  /** `/sys/module/<name>/parameters/*` of a loaded module. */
  readonly parameters: { readonly [name: string]: string };
}

/** The `modules` section: the graphics and VFIO modules that matter here, and what modprobe.d says of them. */
export interface ModuleFacts {
  /** i915, xe, kvmgt, vfio, vfio_pci, xe_vfio_pci, mdev, vfio_iommu_type1, snd_hda_intel, nouveau, amdgpu. */
  readonly modules: readonly ModuleState[];
  /** Lines of `modprobe.d` and `/etc/modules*` that name one of them. */
  readonly configLines: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  /** From `/var/lib/dkms`: package, version, and for which kernels it is built. */
  readonly dkms: readonly { readonly name: string; readonly version: string; readonly kernels: readonly string[] }[];
}

/** The `logs` section: kernel-log lines that matter (graphics, IOMMU, SR-IOV, VFIO), escapes made visible, newest last. */
export interface LogFacts {
  readonly lines: readonly string[];
  /** True when lines were left out because the log was too long. */
  readonly truncated: boolean;
}
