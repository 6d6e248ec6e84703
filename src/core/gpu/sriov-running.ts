// SPDX-License-Identifier: AGPL-3.0-or-later

import { ifKnown } from '../facts/section.ts';
import { blacklisted } from './blacklist.ts';
import { stockXeHasSriov } from './driver-backend.ts';
import {
  attribute,
  fromCatalogue,
  type GpuCase,
  logEvidence,
  moduleState,
  parameterEvidence,
  reason,
  vfCount,
} from './gpu-case.ts';
import type { RunningDriver } from './running-driver.ts';
import type { DriverBackend, Reason } from './verdict.ts';

/** What the bound driver says of SR-IOV right now. */
export type DriverWord =
  | { readonly kind: 'ready'; readonly backend: DriverBackend; readonly reason: Reason }
  /** The right driver, but one thing is missing. */
  | { readonly kind: 'needs'; readonly backend: DriverBackend; readonly reason: Reason; readonly needs: readonly string[] }
  /** The right driver says that it cannot. */
  | { readonly kind: 'refuses'; readonly reason: Reason; readonly needs: readonly string[] }
  /** This driver is not the one. */
  | { readonly kind: 'other'; readonly reason: Reason };

const PF_MODE = /Running in SR-IOV PF mode/;

/** Judges the bound driver of a PF whose id is flagged and whose VFs do not exist yet. */
export function driverWord(gpu: GpuCase, running: RunningDriver): DriverWord {
  const { device } = gpu;
  if (running.name === null) {
    const said = logEvidence(gpu, /no driver bound to device; cannot configure SR-IOV/);
    const text = 'No driver is bound to the GPU, so nothing can create VFs.';
    const refused = logEvidence(gpu, /graphics device \w+ is not officially supported/);
    const kept = [blacklisted(gpu.facts, 'i915'), blacklisted(gpu.facts, 'xe')];
    return {
      kind: 'other',
      reason: reason('sriov.no-driver', text, attribute(device, 'driver', 'absent'), said, refused, ...kept),
    };
  }
  if (running.name === 'vfio-pci') {
    const text = 'The whole GPU is bound to vfio-pci for a guest; VFs need its own driver.';
    return { kind: 'other', reason: reason('sriov.pf-on-vfio', text, attribute(device, 'driver', 'vfio-pci')) };
  }
  if (running.name === 'xe') return xeWord(gpu, running);
  if (running.name === 'i915' && running.build === 'dkms') return dkmsI915Word(gpu, running);
  if (running.name === 'i915') return stockI915Word(gpu, running);
  const text = `The GPU is bound to ${running.name}, which has no SR-IOV for it.`;
  return { kind: 'other', reason: reason('sriov.other-driver', text, attribute(device, 'driver', running.name)) };
}

function stockI915Word({ device }: GpuCase, running: RunningDriver): DriverWord {
  const total = device.sriov?.totalVfs ?? 0;
  const evidence = [attribute(device, 'sriov_totalvfs', String(total)), ...running.evidence];
  const which = running.build === 'stock' ? "the kernel's own i915, which" : 'i915, and nothing shows that it is a build that';
  const has = running.build === 'stock' ? 'has no SR-IOV' : 'has SR-IOV';
  const rest = total > 0 ? `the ${total} in sriov_totalvfs is only what the hardware could do` : 'sriov_totalvfs is 0';
  const text = `The GPU runs on ${which} ${has}; ${rest}.`;
  return { kind: 'other', reason: reason('sriov.stock-i915', text, ...evidence) };
}

function dkmsI915Word(gpu: GpuCase, running: RunningDriver): DriverWord {
  const total = gpu.device.sriov?.totalVfs ?? 0;
  const seen = attribute(gpu.device, 'sriov_totalvfs', String(total));
  if (total > 0) return ready(gpu, 'i915-dkms', running);
  // The driver sets 0 when max_vfs is 0 or the VF BARs are not ready (i915-sriov-dkms i915_sriov.c).
  const asked = moduleState(gpu.facts, 'i915')?.parameters.max_vfs;
  if (asked === undefined || Number(asked) === 0) {
    const text = 'The DKMS i915 runs, but was not asked for VFs: its option max_vfs is missing or 0.';
    const needs = ['Give i915 the option max_vfs=7, rebuild the initramfs (update-initramfs -u) and reboot.'];
    const why = reason('sriov.max-vfs-missing', text, seen, parameterEvidence('i915', 'max_vfs', asked));
    return { kind: 'needs', backend: 'i915-dkms', reason: why, needs };
  }
  const guc = moduleState(gpu.facts, 'i915')?.parameters.enable_guc;
  // Bit 0 is GuC submission, without which the driver does not become a PF (i915-sriov-dkms i915_sriov.c); -1 leaves it on.
  if (guc !== undefined && Number(guc) >= 0 && Number(guc) % 2 === 0) {
    const text = `The DKMS i915 runs without GuC submission (enable_guc=${guc}), and without it there are no VFs.`;
    const needs = ['Give i915 the option enable_guc=3, rebuild the initramfs (update-initramfs -u) and reboot.'];
    const why = reason('sriov.guc-off', text, seen, parameterEvidence('i915', 'enable_guc', guc));
    return { kind: 'needs', backend: 'i915-dkms', reason: why, needs };
  }
  const text = 'The DKMS i915 was asked for VFs but offers none: the firmware gave their windows no address space.';
  const why = reason('sriov.no-vf-bar-space', text, seen, parameterEvidence('i915', 'max_vfs', asked));
  const needs = ['In the firmware set-up, switch on SR-IOV and Above 4G Decoding, then update the BIOS.'];
  return { kind: 'refuses', reason: why, needs };
}

function xeWord(gpu: GpuCase, running: RunningDriver): DriverWord {
  const backend = xeBackend(gpu, running);
  if ((gpu.device.sriov?.totalVfs ?? 0) > 0) return ready(gpu, backend, running);
  const seen = attribute(gpu.device, 'sriov_totalvfs', '0');
  const asked = moduleState(gpu.facts, 'xe')?.parameters.max_vfs;
  if (asked === '0') {
    const text = 'xe is told to offer no VFs: its option max_vfs is 0.';
    const needs = ['Remove the option max_vfs=0 of xe, rebuild the initramfs (update-initramfs -u) and reboot.'];
    return {
      kind: 'needs',
      backend,
      reason: reason('sriov.max-vfs-zero', text, seen, parameterEvidence('xe', 'max_vfs', asked)),
      needs,
    };
  }
  const guc = logEvidence(gpu, /Guc submission disabled/i);
  const said = guc ?? logEvidence(gpu, /Support for SR-IOV is not available|all VFs disabled/);
  const text =
    guc === undefined
      ? 'xe drives the GPU and says that it has no SR-IOV here.'
      : 'xe drives the GPU without GuC submission, and then it has no SR-IOV.';
  const needs = guc === undefined ? [] : ['Install the GuC firmware (pve-firmware) and look why it did not load.'];
  return { kind: 'refuses', reason: reason('sriov.xe-says-no', text, seen, said), needs };
}

/** Whether a bound xe is the kernel's own: where that carries no flag, one that has SR-IOV can only come from DKMS. */
export function xeBackend({ entry, release }: GpuCase, running: RunningDriver): 'xe' | 'xe-dkms' {
  if (running.build !== 'unknown') return running.build === 'dkms' ? 'xe-dkms' : 'xe';
  return release !== undefined && stockXeHasSriov(entry, release) === false ? 'xe-dkms' : 'xe';
}

/** Releases of the DKMS xe before 2025.10.10 offered SR-IOV where later ones withdrew it, because hosts locked up. */
export function withdrawn({ entry, facts }: GpuCase, backend: DriverBackend): readonly Reason[] {
  if (backend !== 'xe-dkms' || entry.sriov.xeDkms) return [];
  const installed = (ifKnown(facts.modules)?.dkms ?? []).map((item) => ({
    source: `/var/lib/dkms/${item.name}`,
    value: item.version,
  }));
  const instead = entry.sriov.i915Dkms ? ` Its i915 serves ${entry.codename}.` : '';
  const text = `i915-sriov-dkms withdrew SR-IOV in xe for ${entry.codename} with release 2025.10.10, after hosts locked up.${instead}`;
  return [reason('sriov.flag-withdrawn', text, ...installed, fromCatalogue(entry, 'no has_sriov in the DKMS xe'))];
}

function ready(gpu: GpuCase, backend: DriverBackend, running: RunningDriver): DriverWord {
  const total = gpu.device.sriov?.totalVfs ?? 0;
  const mode = logEvidence(gpu, PF_MODE);
  const build = backend === 'xe' ? 'xe' : `the DKMS ${running.name}`;
  const text = `The GPU runs on ${build} as a PF and offers ${vfCount(total)}.`;
  return {
    kind: 'ready',
    backend,
    reason: reason('sriov.pf-ready', text, attribute(gpu.device, 'sriov_totalvfs', String(total)), mode, ...running.evidence),
  };
}
