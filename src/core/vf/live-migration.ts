// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import { logLines, moduleState } from '../gpu/gpu-case.ts';
import { kernelAtLeast } from '../gpu/kernel-version.ts';
import { driverKeepKnown } from './vf-gpu.ts';

/** Whether a running guest can take a VF to another node: yes, no, or not known; `because` is a clause. */
export type LiveMigration =
  | { readonly can: 'yes' }
  | { readonly can: 'no'; readonly because: string }
  | { readonly can: 'unknown'; readonly because: string };

/** The GuC firmware from which xe saves and restores VFs (kernel 7.0 drivers/gpu/drm/xe/xe_gt_sriov_pf_migration.c). */
const GUC_MIGRATES: readonly [major: number, minor: number] = [70, 54];

/**
 * Whether the VFs of a GPU can be saved and restored: `xe-vfio-pci` serves only ids of Panther Lake, Wildcat Lake and Battlemage
 * (kernel drivers/vfio/pci/xe/main.c), PVE must leave them on it (`driver=keep`), and the PF's firmware must be new enough.
 */
export function liveMigration(facts: HostFacts, pf: PciDevice): LiveMigration {
  const entry = lookupGpu(pf.device);
  const since = entry?.vfioDriverSince ?? null;
  if (entry === undefined || since === null) return no('no driver of Linux saves the state of a VF of this GPU');
  const release = ifKnown(facts.kernel)?.release;
  if (release === undefined) return unsure('the running kernel is not known');
  if (kernelAtLeast(release, since) !== true)
    return no(`that needs ${entry.vfioDriver} of kernel ${since} or later, and ${release} runs`);
  const module = moduleState(facts, 'xe_vfio_pci');
  if (module === undefined || module.origin === 'unknown')
    return unsure(`whether the kernel has ${entry.vfioDriver} is not known`);
  if (module.origin === 'absent') return no(`the kernel ${release} has no ${entry.vfioDriver}`);
  const version = ifKnown(facts.pve)?.packages['qemu-server'];
  if (version === undefined) return unsure('the version of qemu-server is not known');
  if (!driverKeepKnown(version)) return no(`qemu-server ${version} does not know driver=keep (9.0.25 does)`);
  if (pf.driver !== 'xe') return no(`the GPU is on ${pf.driver ?? 'no driver'}, and ${entry.vfioDriver} works with xe alone`);
  return byFirmware(facts, pf);
}

/** Each GT has a GuC of its own; the oldest counts. */
function byFirmware(facts: HostFacts, device: PciDevice): LiveMigration {
  const found = logLines({ facts, device }).flatMap((line) => {
    const match = /GuC firmware (?:from )?xe\/\S+ version (\d+)\.(\d+)/.exec(line);
    return match === null ? [] : [[Number(match[1]), Number(match[2])] as const];
  });
  if (found.length === 0) return unsure('the kernel log does not say which GuC firmware the GPU runs');
  const [major, minor] = GUC_MIGRATES;
  const old = found.find((own) => own[0] < major || (own[0] === major && own[1] < minor));
  return old === undefined
    ? { can: 'yes' }
    : no(`the GuC firmware of the GPU is ${old.join('.')}, and xe saves VFs from ${GUC_MIGRATES.join('.')} on`);
}

function no(because: string): LiveMigration {
  return { can: 'no', because };
}

function unsure(because: string): LiveMigration {
  return { can: 'unknown', because };
}
