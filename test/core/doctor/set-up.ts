// SPDX-License-Identifier: AGPL-3.0-or-later
import { planConfirmation } from '../../../src/app/confirm.ts';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { awaitsReboot } from '../../../src/app/engine/pending-file.ts';
import { planHostSetup } from '../../../src/app/plan-setup.ts';
import { readVerdict } from '../../../src/app/verdict.ts';
import type { AssignRequest } from '../../../src/core/assign/assign-request.ts';
import { MODES, type Mode } from '../../../src/core/gpu/verdict.ts';
import type { Bdf } from '../../../src/core/pci/address.ts';
import type { Result } from '../../../src/core/problem.ts';
import type { Profile } from '../../../src/simulator/profile.ts';
import { Simulated } from '../../app/simulated.ts';

/** A mode that a GPU of a profile can be set up for. */
export interface Choice {
  readonly profile: Profile;
  readonly gpu: Bdf;
  readonly mode: Mode;
}

/** The modes of each GPU of a profile, without those that need what nobody has brought. */
export async function choicesOf(profile: Profile): Promise<readonly Choice[]> {
  const node = new Simulated(profile);
  const { gpus } = await readVerdict(node.context);
  const found: Choice[] = [];
  for (const { bdf } of gpus.filter((gpu) => gpu.vendor === '8086'))
    for (const mode of MODES) {
      const plan = await planHostSetup(node.context, { mode, gpu: bdf });
      const isOpen = plan.ok && !plan.value.remarks.some(({ level, overridable }) => level === 'blocker' && overridable !== true);
      if (isOpen) found.push({ profile, gpu: bdf, mode });
    }
  return found;
}

/** The machine after that set-up: applied, booted where that is needed, confirmed. */
export async function setUp({ profile, gpu, mode }: Choice): Promise<Simulated> {
  const node = new Simulated(profile);
  must(await applyPlan(node.context, must(await planHostSetup(node.context, { mode, gpu })), { force: true }));
  if (!(await awaitsReboot(node.node))) return node;
  const { booted } = await node.node.reboot();
  if (!booted) throw new Error(`${profile.name} does not boot with ${mode}`);
  must(await applyPlan(node.context, must(await planConfirmation(node.context))));
  return node;
}

/** The guest that gets its part of the GPU and starts with it; undefined where the machine does not let it. */
export async function giveAndStart(node: Simulated, { gpu, mode }: Choice): Promise<number | undefined> {
  const request = REQUESTS[mode];
  if (!(await node.assign({ ...request, gpu }, true)).ok) return undefined;
  const { exitCode } = await node.run(mode === 'host' ? 'pct' : 'qm', 'start', String(request.vmid));
  return exitCode === 0 ? request.vmid : undefined;
}

/** The guest that gets a part of the GPU, and how it is asked for. */
const REQUESTS: { readonly [M in Mode]: Omit<AssignRequest, 'gpu'> } = {
  host: { vmid: 200 },
  sriov: { vmid: 100 },
  'gvt-g': { vmid: 100, mode: 'gvt-g' },
  'gvt-d': { vmid: 103, mode: 'gvt-d', whole: { noVga: true } },
};
/** The value, where all went as it should. */
function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}
