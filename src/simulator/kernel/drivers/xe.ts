// SPDX-License-Identifier: AGPL-3.0-or-later
import { kernelAtLeast } from '../../../core/gpu/kernel-version.ts';
import { addDrm, removeDrm } from '../drm-nodes.ts';
import { forceProbeOf, xeKnowledge } from '../gpu-knowledge.ts';
import { hideAdmin, showAdmin } from '../scheduling.ts';
import { disableVfs, enableVfs } from '../sriov.ts';
import type { KernelState, Outcome, PciDriver, SimDevice } from '../state.ts';

/**
 * xe, of the kernel or of i915-sriov-dkms. On a capable function whose descriptor lacks the flag it sets `sriov_totalvfs` to
 * 0 (kernel drivers/gpu/drm/xe/xe_sriov.c); with the flag, to `min(max_vfs, hardware)`.
 */
export function xeDriver(options: {
  readonly dkms: boolean;
  readonly release: string;
  readonly parameters: { readonly [name: string]: string };
}): PciDriver {
  const { dkms, release, parameters } = options;
  const pfs = new Set<string>();
  return {
    name: 'xe',
    module: 'xe',
    classInTable: true,
    dynamicIds: new Set(),
    claims: (device) => xeKnowledge(device, dkms, release).claims,
    probe(state, device) {
      const known = xeKnowledge(device, dkms, release);
      const said = forceProbeOf(parameters.force_probe ?? '', device.profile.device);
      if (known.forceProbe && said !== 'forced') {
        logUnsupported(state, device);
        return 'ENODEV';
      }
      if (said === 'blocked') {
        state.log(`xe ${device.bdf}: Probe blocked for device [8086:${device.profile.device}]`);
        return 'ENODEV';
      }
      if (device.physfn !== undefined) {
        if (!known.sriov) return 'ENODEV';
        state.log(`xe ${device.bdf}: enabling device (0000 -> 0002)`);
        state.log(`xe ${device.bdf}: [drm] Running in SR-IOV VF mode`);
      } else {
        pfs.delete(device.bdf);
        const { guc } = device.profile;
        if (guc !== undefined)
          state.log(`xe ${device.bdf}: [drm] Tile0: GT0: Using GuC firmware from ${guc.file} version ${guc.version}`);
        if (device.profile.bootVga === true) state.log(`xe ${device.bdf}: vgaarb: deactivate vga console`);
        if (startPf(state, device, known.sriov, Number(parameters.max_vfs ?? '0'))) {
          pfs.add(device.bdf);
          if (dkms || kernelAtLeast(release, '6.19')) showAdmin(state, device);
        }
      }
      addDrm(state, device, 'xe 1.1.0');
      return 'ok';
    },
    remove: (state, device, done) =>
      disableVfs(state, device, () => {
        removeDrm(state, device);
        hideAdmin(state, device);
        pfs.delete(device.bdf);
        return done();
      }),
    sriovConfigure(state, pf, count) {
      if (!pfs.has(pf.bdf)) return 'ENODEV';
      return configure(state, pf, count);
    },
  };
}

function configure(state: KernelState, pf: SimDevice, count: number): Outcome {
  const total = pf.sriov?.driverMax;
  if (count === 0) {
    const before = pf.sriov?.numVfs ?? 0;
    return disableVfs(state, pf, () => {
      state.log(`xe ${pf.bdf}: [drm] PF: Disabled ${before} VF${before === 1 ? '' : 's'}`);
      return 'ok';
    });
  }
  const answer = enableVfs(state, pf, count);
  if (answer === 'ok') state.log(`xe ${pf.bdf}: [drm] PF: Enabled ${pf.sriov?.numVfs} of ${total} VFs`);
  else state.log(`xe ${pf.bdf}: [drm] PF: Failed to enable ${count} VFs (-${answer})`);
  return answer;
}

function startPf(state: KernelState, device: SimDevice, flag: boolean, maxVfs: number): boolean {
  const { sriov } = device;
  if (sriov === undefined) return false;
  const limit = flag ? Math.min(maxVfs, sriov.hardwareTotal) : 0;
  sriov.driverMax = limit;
  if (limit > 0) state.log(`xe ${device.bdf}: [drm] Running in SR-IOV PF mode`);
  else state.log(`xe ${device.bdf}: [drm] ${flag ? 'PF: all VFs disabled' : 'Support for SR-IOV is not available'}`);
  return limit > 0;
}

function logUnsupported(state: KernelState, device: SimDevice): void {
  const id = device.profile.device;
  state.log(
    `xe ${device.bdf}: Your graphics device ${id} is not officially supported\n` +
      '               by xe driver in this kernel version. To force Xe probe,\n' +
      `               use xe.force_probe='${id}' and i915.force_probe='!${id}'\n` +
      `               module parameters or CONFIG_DRM_XE_FORCE_PROBE='${id}' and\n` +
      `               CONFIG_DRM_I915_FORCE_PROBE='!${id}' configuration options.`,
  );
}
