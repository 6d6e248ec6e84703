// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { GpuVerdict } from '../gpu/verdict.ts';
import { type DesiredGpu, gpuKey } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { chooseBackend } from './choose-backend.ts';
import type { Others } from './others.ts';
import { PROGRAM } from './program.ts';
import type { BootSettings } from './reboot-need.ts';
import type { SetupGround } from './setup-part.ts';
import type { SetupCase } from './wanted.ts';

/** A GPU of this node with what is wanted of it. */
export interface WishedGpu {
  readonly verdict: GpuVerdict;
  readonly device: PciDevice;
  readonly wish: DesiredGpu;
}

/** What is wanted of each GPU that is here: what was asked before, with one GPU's wish replaced. */
export function wishedGpus(
  ground: SetupGround,
  chosen: { readonly bdf: string | undefined; readonly wish: DesiredGpu },
): readonly WishedGpu[] {
  const pci = ifKnown(ground.facts.pci);
  return (pci === undefined ? [] : intelGpus(pci)).flatMap((device) => {
    const verdict = ground.verdict.gpus.find(({ bdf }) => bdf === device.bdf);
    const key = gpuKey(device);
    const before = Object.hasOwn(ground.desired.gpus, key) ? ground.desired.gpus[key] : undefined;
    const wish = device.bdf === chosen.bdf ? chosen.wish : before;
    return verdict === undefined || wish === undefined ? [] : [{ verdict, device, wish }];
  });
}

/** One GPU as the modes look at it. Fails as {@link chooseBackend} does. */
export function setupCase(
  ground: SetupGround,
  { verdict, device, wish }: WishedGpu,
  more: { readonly release: string; readonly others: Others; readonly before: BootSettings },
): Result<SetupCase> {
  const entry = lookupGpu(device.device);
  if (entry === undefined)
    return problem('gpu.cannot', `${device.bdf} (8086:${device.device}) is not in the catalogue.`, { where: device.bdf });
  const { release, others, before } = more;
  const common = {
    facts: ground.facts,
    program: ground.program ?? PROGRAM,
    device,
    entry,
    mode: wish.mode,
    release,
    others,
    ourParameters: others.ourWords,
    ourOptions: before.options.map(({ module, name, value }) => `${module}.${name}=${value}`),
  };
  if (wish.mode !== 'sriov') return ok(common);
  const runningRelease = ifKnown(ground.facts.kernel)?.release ?? release;
  const backend = chooseBackend({ gpu: verdict, entry, release, runningRelease, asked: wish.driver });
  return backend.ok ? ok({ ...common, backend: backend.value }) : backend;
}
