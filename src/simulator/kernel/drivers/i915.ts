// SPDX-License-Identifier: AGPL-3.0-or-later
import { addDrm, removeDrm } from '../drm-nodes.ts';
import { forceProbeOf, gpuEntry, i915Knowledge, platformText } from '../gpu-knowledge.ts';
import { startGvtg, stopGvtg } from '../gvtg.ts';
import { vfWindowsPlaced } from '../resources.ts';
import { showPrelim } from '../scheduling.ts';
import { disableVfs, enableVfs } from '../sriov.ts';
import type { KernelState, Outcome, PciDriver, SimDevice } from '../state.ts';

/**
 * i915, of the kernel or of i915-sriov-dkms. The kernel's own has no `sriov_configure` at all, so `sriov_totalvfs` stays at
 * the hardware's value and every write answers ENOENT. The DKMS build sets it to `min(max_vfs, hardware)`, to 0 when that
 * is 0 (i915-sriov-dkms drivers/gpu/drm/i915/i915_sriov.c).
 */
export function i915Driver(options: {
  readonly dkms: boolean;
  readonly parameters: { readonly [name: string]: string };
}): PciDriver {
  const { dkms, parameters } = options;
  const pfs = new Set<string>();
  const driver: PciDriver = {
    name: 'i915',
    module: 'i915',
    classInTable: true,
    dynamicIds: new Set(),
    claims: (device) => i915Knowledge(device, dkms).claims,
    probe(state, device) {
      const known = i915Knowledge(device, dkms);
      if (forceProbeOf(parameters.force_probe ?? '', device.profile.device) === 'blocked') {
        state.log(`i915 ${device.bdf}: I915 probe blocked for Device ID ${device.profile.device}.`);
        return 'ENODEV';
      }
      if (device.physfn !== undefined) return probeVf(state, device, known.sriov);
      logFound(state, device);
      if (known.sriov) {
        pfs.delete(device.bdf);
        if (startPf(state, device, parameters)) pfs.add(device.bdf);
      }
      if (state.iommu) state.log(`i915 ${device.bdf}: [drm] VT-d active for gfx access`);
      if (device.profile.bootVga === true) state.log(`i915 ${device.bdf}: vgaarb: deactivate vga console`);
      addDrm(state, device, 'i915 1.6.0');
      if (pfs.has(device.bdf)) showPrelim(state, device);
      startGvtg(state, device, parameters);
      return 'ok';
    },
    remove(state, device, done) {
      const finish = () =>
        stopGvtg(state, device, () => {
          removeDrm(state, device);
          pfs.delete(device.bdf);
          return done();
        });
      return dkms ? disableVfs(state, device, finish) : finish();
    },
  };
  return dkms ? { ...driver, sriovConfigure: (state, pf, count) => configure(state, pf, count, pfs.has(pf.bdf)) } : driver;
}

function configure(state: KernelState, pf: SimDevice, count: number, isPf: boolean): Outcome {
  if (!isPf) return 'ENODEV';
  if (count === 0) {
    const before = pf.sriov?.numVfs ?? 0;
    return disableVfs(state, pf, () => {
      state.log(`i915 ${pf.bdf}: Disabled ${before} VFs`);
      return 'ok';
    });
  }
  const answer = enableVfs(state, pf, count);
  if (answer === 'ok') state.log(`i915 ${pf.bdf}: Enabled ${pf.sriov?.numVfs} VFs`);
  else state.log(`i915 ${pf.bdf}: [drm] *ERROR* Failed to enable ${count} VFs (-${answer})`);
  return answer;
}

/** PF mode needs GuC submission, a limit above zero and placed VF windows; the reason for "no" is debug output only. */
function startPf(state: KernelState, device: SimDevice, parameters: { readonly [name: string]: string }): boolean {
  const { sriov } = device;
  if (sriov === undefined) return false;
  const guc = Number(parameters.enable_guc ?? '-1');
  const limit = Math.min(Number(parameters.max_vfs ?? '0'), sriov.hardwareTotal);
  const ready = limit > 0 && vfWindowsPlaced(device) && (guc === -1 || (guc & 1) === 1);
  sriov.driverMax = ready ? limit : 0;
  if (ready) state.log(`i915 ${device.bdf}: Running in SR-IOV PF mode`);
  return ready;
}

function probeVf(state: KernelState, device: SimDevice, sriov: boolean): Outcome {
  if (!sriov) {
    state.log(`i915 ${device.bdf}: Device initialization failed (-19)`);
    return 'ENODEV';
  }
  state.log(`i915 ${device.bdf}: enabling device (0000 -> 0002)`);
  state.log(`i915 ${device.bdf}: Running in SR-IOV VF mode`);
  state.log(`i915 ${device.bdf}: [drm] PMU not supported for this GPU.`);
  addDrm(state, device, 'i915 1.6.0');
  return 'ok';
}

function logFound(state: KernelState, device: SimDevice): void {
  const entry = gpuEntry(device);
  if (entry === undefined) return;
  const version = entry.graphicsVersion === 'unknown' ? entry.graphicsGen : entry.graphicsVersion;
  state.log(
    `i915 ${device.bdf}: [drm] Found ${platformText(entry)} (device ID ${device.profile.device}) integrated display version ${version}`,
  );
}
