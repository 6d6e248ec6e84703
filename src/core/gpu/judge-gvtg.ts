// SPDX-License-Identifier: AGPL-3.0-or-later
import { no, unknownAnswer, withIommu, yes } from './answer.ts';
import { attribute, fromCatalogue, type GpuCase, logEvidence, moduleState, parameterEvidence, reason } from './gpu-case.ts';
import { iommuObstacle } from './iommu.ts';
import type { ModeVerdict, Reason } from './verdict.ts';

const INITRAMFS = 'Rebuild the initramfs (update-initramfs -u) and reboot.';

/** Whether i915 can make mediated devices of the GPU (kernel drivers/gpu/drm/i915/intel_gvt.c). */
export function judgeGvtg(gpu: GpuCase): ModeVerdict {
  const { device, entry } = gpu;
  if (entry.gvtg === 'unknown')
    return unknownAnswer('gvt-g', [
      reason('gvtg.unknown', 'Whether GVT-g supports this GPU is not known.', fromCatalogue(entry, 'gvtg unknown')),
    ]);
  if (!entry.gvtg) {
    const said = logEvidence(gpu, /Unsupported device\. GVT-g is disabled/);
    const text = `GVT-g does not support ${entry.codename}, only Broadwell to Comet Lake, and Apollo Lake.`;
    return no('gvt-g', [reason('gvtg.not-supported', text, fromCatalogue(entry, 'not in intel_gvt.c'), said)]);
  }
  const types = device.mdevTypes ?? [];
  const verdict = types.length > 0 ? offered(gpu) : setUp(gpu);
  return withIommu({ ...verdict, reasons: [...verdict.reasons, ...caveats(gpu)] }, iommuObstacle(gpu));
}

function offered({ device }: GpuCase): ModeVerdict {
  const types = device.mdevTypes ?? [];
  const list = types.map((type) => `${type.id} (${type.availableInstances} free)`).join(', ');
  const used = types.reduce((sum, type) => sum + type.devices.length, 0);
  const inUse = used === 0 ? '' : used === 1 ? '; 1 mediated device exists' : `; ${used} mediated devices exist`;
  const text = `The GPU offers mediated devices: ${list}${inUse}.`;
  return yes('gvt-g', [
    reason('gvtg.types-offered', text, attribute(device, 'mdev_supported_types', types.map((type) => type.id).join(' '))),
  ]);
}

function setUp(gpu: GpuCase): ModeVerdict {
  const { facts, device, entry } = gpu;
  const kvmgt = moduleState(facts, 'kvmgt');
  if (kvmgt?.origin === 'absent') {
    const text = 'The running kernel has no kvmgt module, so it has no GVT-g.';
    return no(
      'gvt-g',
      [reason('gvtg.no-module', text, { source: 'module file of kvmgt', value: 'absent' })],
      ['Boot a Proxmox kernel.'],
    );
  }
  const reasons = [
    reason(
      'gvtg.supported',
      `i915 has GVT-g for ${entry.codename}; it is not switched on.`,
      fromCatalogue(entry, 'in intel_gvt.c'),
    ),
  ];
  const needs: string[] = [];
  if (device.driver === 'vfio-pci') {
    reasons.push(
      reason('gvtg.pf-on-vfio', 'The whole GPU is bound to vfio-pci for a guest.', attribute(device, 'driver', 'vfio-pci')),
    );
    needs.push('Stop the guest that has the GPU and give it back to i915.');
  } else if (device.driver !== 'i915') {
    reasons.push(
      reason(
        'gvtg.no-i915',
        'GVT-g needs i915, which does not drive the GPU now.',
        attribute(device, 'driver', device.driver ?? 'absent'),
      ),
    );
    needs.push('Let i915 drive the GPU.');
  }
  const options = i915Options(gpu, reasons);
  if (options.length > 0) needs.push(`Give i915 the option${options.length > 1 ? 's' : ''} ${options.join(' and ')}.`);
  if (kvmgt?.loaded !== true)
    needs.push(options.length > 0 ? 'Load kvmgt at boot (/etc/modules-load.d).' : 'Load kvmgt: modprobe kvmgt.');
  if (options.length > 0) needs.push(INITRAMFS);
  return yes('gvt-g', reasons, needs.length > 0 ? needs : ['Look into the kernel log why i915 offers no types.']);
}

/** Options of i915 that are missing; says why in `reasons`. */
function i915Options({ facts }: GpuCase, reasons: Reason[]): readonly string[] {
  const module = moduleState(facts, 'i915');
  const gvt = module?.parameters.enable_gvt;
  const options = gvt === 'Y' || gvt === '1' ? [] : ['enable_gvt=1'];
  // Bit 0 is GuC submission; -1 is "as the driver thinks fit", which is off on generation 9 (intel_uc.c).
  const guc = Number(module?.parameters.enable_guc ?? -1);
  if (guc > 0 && guc % 2 === 1) {
    const text = 'GuC submission is on, and GVT-g does not work with it.';
    reasons.push(reason('gvtg.guc-on', text, parameterEvidence('i915', 'enable_guc', String(guc))));
    options.push('enable_guc=0');
  }
  return options;
}

function caveats({ entry }: GpuCase): readonly Reason[] {
  if (entry.platform !== 'APL') return [];
  const text = 'On Apollo Lake GVT-g is for Linux guests only and fragile; its maintainers do not support Windows guests.';
  return [
    reason('gvtg.linux-only', text, { source: 'intel/gvt-linux issues 103, 113', value: 'not recommended on Apollo Lake' }),
  ];
}
