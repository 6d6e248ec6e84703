// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { moduleState } from '../gpu/gpu-case.ts';
import { confirmWanted } from './confirm-wanted.ts';
import { fits, givenValues, loadedBy } from './given.ts';
import { insist } from './insist.ts';
import { iommuWords } from './iommu-words.ts';
import { isOwnPath } from './own-path.ts';
import { poolsWanted } from './pools-wanted.ts';
import { NOTHING_WANTED, type SetupCase, type Wanted, type WantedModule, type WantedOption } from './wanted.ts';

/** Mediated devices: i915 with GVT-g on and GuC submission off, and kvmgt loaded at boot (kernel drivers/gpu/drm/i915/intel_gvt.c). */
export function wantGvtg(gpu: SetupCase): Wanted {
  const parameters = iommuWords(gpu);
  if (worksByHand(gpu)) return { ...NOTHING_WANTED, options: [SWITCH], load: [KVMGT], parameters };
  return {
    ...NOTHING_WANTED,
    options: [SWITCH, gucOption(gpu), ...insist(gpu, 'i915')],
    load: [KVMGT, { module: 'vfio_iommu_type1', because: 'maps the memory of guests' }],
    units: [poolsWanted(gpu.program), confirmWanted(gpu.program)],
    parameters,
  };
}

const SWITCH: WantedOption = { module: 'i915', name: 'enable_gvt', value: '1', fits: 'equal', because: 'switches GVT-g on' };
const KVMGT: WantedModule = { module: 'kvmgt', because: 'offers the mediated devices' };

/** Types are offered now, others have seen to that at every boot, and nothing of ours has: what else we would set is proven not to be needed. */
function worksByHand({ facts, device, release, others }: SetupCase): boolean {
  const value = givenValues(others, 'i915', 'enable_gvt').at(-1)?.value;
  const isOurs = ifKnown(facts.config)?.files.some(({ path }) => isOwnPath(path)) === true;
  const runs = ifKnown(facts.kernel)?.release === release && device.driver === 'i915' && (device.mdevTypes ?? []).length > 0;
  return runs && !isOurs && value !== undefined && fits(SWITCH, value) && loadedBy(others, 'kvmgt') !== undefined;
}

/**
 * Both 0 and 2 leave GuC submission off, without which GVT-g does not start. 0 first. A generation 9 machine that was booted that way
 * and still offers no types gets 2 (HuC alone): reports say that older processors want it (NixOS wiki, iGVT-g).
 */
function gucOption(gpu: SetupCase): WantedOption {
  const value = olderStep(gpu) ? '2' : '0';
  const because =
    value === '0'
      ? 'GVT-g does not work with GuC submission'
      : 'with 0 this machine offered no mediated devices; 2 keeps GuC submission off too';
  return { module: 'i915', name: 'enable_guc', value, fits: 'even', because };
}

function olderStep({ facts, device, entry, ourOptions }: SetupCase): boolean {
  if (ourOptions.includes('i915.enable_guc=2')) return true;
  const i915 = moduleState(facts, 'i915');
  const isOn = i915?.parameters.enable_gvt === 'Y' || i915?.parameters.enable_gvt === '1';
  const kvmgt = moduleState(facts, 'kvmgt')?.loaded === true;
  const booted = ourOptions.includes('i915.enable_guc=0') && i915?.parameters.enable_guc === '0';
  return entry.graphicsGen === 9 && device.driver === 'i915' && isOn && kvmgt && booted && (device.mdevTypes ?? []).length === 0;
}
