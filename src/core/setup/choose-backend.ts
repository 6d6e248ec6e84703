// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { type BackendChoice, kernelsWithSriov, sriovBackends, stockXeForceProbe } from '../gpu/driver-backend.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { DriverBackend, GpuVerdict } from '../gpu/verdict.ts';
import { ok, problem, type Result } from '../problem.ts';

/** Which driver shall give SR-IOV: the machine, the kernel that will run, and what was asked for. */
export interface BackendWish {
  readonly gpu: GpuVerdict;
  readonly entry: CatalogueEntry;
  readonly runningRelease: string;
  readonly release: string;
  readonly asked?: DriverBackend | undefined;
}

/**
 * The driver for SR-IOV on the kernel that will run: the one asked for, else the one that the verdict found (a machine that works with
 * the driver it has is left alone, ADR 8), else the best one. Fails with `gpu.cannot` when that kernel has none.
 */
export function chooseBackend(wish: BackendWish): Result<BackendChoice> {
  const { gpu, entry, release, runningRelease, asked } = wish;
  const choices = sriovBackends(entry, release);
  const judged = modeOf(gpu, 'sriov');
  if (asked !== undefined) {
    const choice = choices.find((one) => one.backend === asked);
    if (choice !== undefined) return ok(choice);
    const others = choices.map((one) => one.backend).join(', ');
    const hint = others === '' ? elsewhere(entry) : `On this kernel there is: ${others}.`;
    return problem('gpu.cannot', `${asked} gives ${gpu.bdf} (${gpu.name}) no SR-IOV on kernel ${release}.`, {
      hint,
      where: gpu.bdf,
    });
  }
  const { backend } = judged;
  if (backend !== undefined && release === runningRelease) {
    const choice = choices.find((one) => one.backend === backend);
    if (choice !== undefined) return ok(choice);
    // It runs, although the tables know no such way: a withdrawn flag, or a branch built by hand.
    const forceProbe =
      backend === 'xe' ? stockXeForceProbe(entry, release) === true : backend === 'xe-dkms' && entry.xeForceProbe.dkms === true;
    if (judged.readiness === 'now') return ok({ backend, young: judged.young === true, forceProbe });
  }
  const [best] = choices;
  if (best !== undefined) return ok(best);
  const message = `No driver for kernel ${release} is known to have SR-IOV for ${gpu.bdf} (${gpu.name}).`;
  return problem('gpu.cannot', message, { hint: elsewhere(entry), where: gpu.bdf });
}

function elsewhere(entry: CatalogueEntry): string {
  const kernels = kernelsWithSriov(entry);
  return kernels.length === 0 ? 'No kernel that is known has one.' : `It needs ${kernels.join(', or ')}: pveigpu kernel list.`;
}
