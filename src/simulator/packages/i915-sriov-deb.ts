// SPDX-License-Identifier: AGPL-3.0-or-later
import { debText } from './deb-file.ts';
import { PBN_SOURCE } from './dkms/dkms-compile.ts';
import type { Postinst } from './package.ts';

/** `BUILD_EXCLUSIVE_KERNEL` and modules of i915-sriov-dkms by release, oldest first (dkms.conf of each tag, https://github.com/strongtz/i915-sriov-dkms). */
const RELEASES: readonly { readonly from: string; readonly exclusive: string; readonly modules: readonly string[] }[] = [
  { from: '2024.12.30', exclusive: '^6\\.([8-9]|1[0-3])', modules: ['i915'] },
  { from: '2025.02.03', exclusive: '^6\\.([8-9]|1[0-4])', modules: ['i915'] },
  { from: '2025.03.26', exclusive: '^6\\.([8-9]|1[0-4])', modules: ['i915', 'kvmgt'] },
  { from: '2025.05.11', exclusive: '^6\\.([8-9]|1[0-5])', modules: ['i915', 'kvmgt'] },
  { from: '2025.07.22', exclusive: '^6\\.([8-9]|1[0-6])', modules: ['i915', 'kvmgt'] },
  { from: '2025.10.09', exclusive: '^6\\.1[2-7]', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  { from: '2025.11.04', exclusive: '^6\\.1[2-8]', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  { from: '2026.02.04', exclusive: '^6\\.1[2-9]', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
  { from: '2026.05.03', exclusive: '^(6\\.1[7-9]|7\\.0)', modules: ['intel_sriov_compat', 'i915', 'kvmgt', 'xe'] },
];

/** How a `.deb` is made. */
export interface DebOptions {
  /** Kernels below this version get a call with three arguments, which no kernel since 6.7 takes: a build that fails. */
  readonly threeArgumentsBelow?: readonly [number, number, number];
  /** Default `goes-on`, as the real package's. */
  readonly postinst?: Postinst;
}

/** The text of a `.deb` of i915-sriov-dkms. */
export function i915SriovDeb(version: string, options: DebOptions = {}): string {
  return debText({
    name: 'i915-sriov-dkms',
    version,
    architecture: 'amd64',
    depends: ['dkms (>= 3.0.11)', 'build-essential'],
    origin: 'file',
    description: 'Linux i915 driver (dkms module) with SR-IOV support',
    sizeKib: 3200,
    brings: { kind: 'files', files: i915SriovSource(version, options), postinst: options.postinst ?? 'goes-on' },
  });
}

/** The source of a release as its package puts it below `/usr/src`, by absolute path. */
export function i915SriovSource(version: string, options: DebOptions = {}): { readonly [path: string]: string } {
  const release = RELEASES.filter(({ from }) => from <= version).at(-1) ?? RELEASES[0];
  const built = (release?.modules ?? []).map(
    (name, at) =>
      `BUILT_MODULE_NAME[${at}]="${name}"\nBUILT_MODULE_LOCATION[${at}]=${PLACES[name] ?? 'drivers/gpu/drm/i915'}\n` +
      `DEST_MODULE_LOCATION[${at}]=/updates\n\n`,
  );
  const conf =
    `PACKAGE_NAME="i915-sriov-dkms"\nPACKAGE_VERSION="${version}"\n\n${built.join('')}` +
    `MAKE[0]="make -C \${kernel_source_dir} M=\${dkms_tree}/\${PACKAGE_NAME}/\${PACKAGE_VERSION}/build"\n\n` +
    `AUTOINSTALL=yes\nBUILD_EXCLUSIVE_KERNEL="${release?.exclusive}"\n`;
  const source = `/usr/src/i915-sriov-dkms-${version}`;
  return {
    [`${source}/dkms.conf`]: conf,
    [`${source}/Makefile`]: `DKMS_MODULE_VERSION := "${version}-sriov"\n${version >= '2026.05' ? 'DKMS_MODULE_ORIGIN_KERNEL := "7.0.1"\n' : ''}`,
    [`${source}/${PBN_SOURCE}`]: callText(options.threeArgumentsBelow),
  };
}

const PLACES: { readonly [module: string]: string } = { intel_sriov_compat: 'compat', xe: 'drivers/gpu/drm/xe' };

function callText(below: DebOptions['threeArgumentsBelow']): string {
  const call = (more: string) => `\tcrtc_state->pbn = drm_dp_calc_pbn_mode(adjusted_mode->crtc_clock, bpp << 4${more});\n`;
  const guarded =
    below === undefined
      ? call('')
      : `#if LINUX_VERSION_CODE < KERNEL_VERSION(${below.join(', ')})\n${call(', false')}#else\n${call('')}#endif\n`;
  return `/* intel_dp_mst.c */\nstatic int intel_dp_mst_compute_m_n(void)\n{\n${guarded}}\n`;
}
