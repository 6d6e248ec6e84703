// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Bdf } from '../../core/pci/address.ts';
import { parseDesired } from '../../core/plan/desired.ts';
import type { Problem } from '../../core/problem.ts';
import { expectedPlaces } from '../../core/vf/expected-vfs.ts';
import type { Host } from '../../ports/host.ts';
import { keyAt } from '../boot/same-gpu.ts';
import { openRemoval } from '../engine/open-removal.ts';
import { DESIRED_FILE } from '../engine/state-paths.ts';
import { writeAttribute } from '../engine/sysfs-attribute.ts';
import { pollUntil } from '../engine/sysfs-check.ts';
import { forgetUnfinished, noteUnfinished } from '../engine/unfinished-note.ts';
import { gaveUp, type HookContext, type Prepared, READY } from './hook-context.ts';
import { isIntelGpu, linkName, numberAt, sysfsOf, vfsOf } from './pci-look.ts';

/** Making VFs of a GPU takes below a second; the driver provisions each. Within the hook's own 30 s. */
const MAKE_MS = 15_000;
const POKE_MS = 2000;
/** How long the links of VFs may lag behind the write. */
const SETTLE_MS = 1000;

/** The GPU whose VF belongs at an address where no device is now, or null. */
export async function gpuForVf(host: Host, vf: string): Promise<string | null> {
  const all = await host.list('/sys/bus/pci/devices');
  for (const bdf of all.kind === 'content' ? all.value : []) {
    const total = await numberAt(host, bdf, 'sriov_totalvfs');
    if (total === null || !(await isIntelGpu(host, bdf))) continue;
    const offset = await numberAt(host, bdf, 'sriov_offset');
    const stride = await numberAt(host, bdf, 'sriov_stride');
    if (offset === null || stride === null) continue;
    if ((expectedPlaces(bdf as Bdf, offset, stride, total) as readonly string[]).includes(vf)) return bdf;
  }
  return null;
}

/**
 * Makes the VFs of a GPU that has none, as many as are desired, else all. Never touches a GPU that has some: changing their
 * number would destroy those in use. They are noted as unfinished until the caller has bound them all. Called with
 * `device.lock` held; the write may take `makeMs`.
 */
export async function makeVfs(context: HookContext, pf: string, makeMs = MAKE_MS): Promise<Prepared> {
  const { host, log } = context;
  const removal = await openRemoval(context, pf);
  if (removal !== null) return { kind: 'refused', because: removal };
  const existing = await vfsOf(host, pf);
  if (existing.length > 0)
    return gaveUp(`${pf} has ${existing.length} VFs and not this one; their number cannot change while they exist`);
  const driver = await linkName(host, pf, 'driver');
  if (driver === null) return gaveUp(`no driver is bound to the GPU ${pf}, so it has no VFs`);
  if (driver === 'vfio-pci') return gaveUp(`the GPU ${pf} is bound to vfio-pci as a whole, so it has no VFs`);
  const count = await wantedVfs(host, pf);
  if (typeof count === 'string') return gaveUp(count);
  const sysfs = sysfsOf(pf);
  await noteUnfinished(context, pf);
  if ((await host.stat(`${sysfs}/sriov_drivers_autoprobe`)).kind === 'content') {
    const off = await writeAttribute(host, `${sysfs}/sriov_drivers_autoprobe`, '0', POKE_MS);
    if (!off.ok) return await notMade(context, pf, off.problem);
  }
  const made = await writeAttribute(host, `${sysfs}/sriov_numvfs`, String(count), makeMs);
  if (!made.ok) return await notMade(context, pf, made.problem);
  // The write returns when the driver is done; a driver may have made fewer than asked, which is no failure here.
  await pollUntil(context, { kind: 'exists', path: `${sysfs}/virtfn${count - 1}` }, SETTLE_MS);
  const vfs = await vfsOf(host, pf);
  if (vfs.length === 0) {
    await forgetUnfinished(context, pf);
    return gaveUp(`${pf} was asked for ${count} VFs and made none`);
  }
  log.info(`Made ${vfs.length} VFs of the GPU ${pf}.`);
  return READY;
}

/** A write that was refused made nothing; one that did not return may still make them. */
async function notMade(context: HookContext, pf: string, { code, message }: Problem): Promise<Prepared> {
  if (code !== 'host.timeout') await forgetUnfinished(context, pf);
  return gaveUp(message);
}

/** How many VFs to make, or why none. A desired state that cannot be read is no reason to fail: then all are made. */
async function wantedVfs(host: Host, pf: string): Promise<number | string> {
  const total = await numberAt(host, pf, 'sriov_totalvfs');
  if (total === null || total === 0) return `the driver of ${pf} offers no VFs`;
  const file = await host.read(DESIRED_FILE);
  const desired = file.kind === 'content' ? parseDesired(file.value, DESIRED_FILE) : undefined;
  if (desired?.ok !== true) return total;
  const key = await keyAt(host, pf as Bdf);
  const gpu = key !== null && Object.hasOwn(desired.value.gpus, key) ? desired.value.gpus[key] : undefined;
  if (gpu !== undefined && gpu.mode !== 'sriov') return `the GPU ${pf} is set to the mode ${gpu.mode}, in which it has no VFs`;
  return Math.min(gpu?.numVfs ?? total, total) || total;
}
