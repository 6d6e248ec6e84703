// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { known } from '../facts/section.ts';
import type { Remark, Step } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import { planCreateVfs } from '../vf/plan-vf-create.ts';
import { planRemoveVfs } from '../vf/plan-vf-remove.ts';
import type { SetupGround } from './setup-part.ts';

/** What is done to VFs while the node runs. */
export interface VfSteps {
  readonly steps: readonly Step[];
  readonly remarks: readonly Remark[];
}

const NONE: VfSteps = { steps: [], remarks: [] };

/** VFs that a GPU shall have now: made, bound, or replaced by another number of them when nobody uses one. */
export function vfsAsWanted(ground: SetupGround, pf: PciDevice, count: number | undefined): Result<VfSteps> {
  const now = pf.sriov?.vfs.length ?? 0;
  if (now === 0 || count === undefined || count === now) return created(ground.facts, ground, pf, count);
  const away = vfsAway(ground, pf);
  if (!away.ok) return away;
  const again = created(withoutVfs(ground.facts, pf), ground, pf, count);
  if (!again.ok) return again;
  const text = `${pf.bdf} gets ${count} VFs instead of ${now}. The kernel changes the number only through 0, so no guest may use one meanwhile.`;
  const note: Remark = { level: 'note', id: 'setup.vf-count-changes', text };
  const stays = away.value.remarks.filter(({ id }) => id !== 'vf.assigned');
  return ok({ steps: [...away.value.steps, ...again.value.steps], remarks: [note, ...stays, ...again.value.remarks] });
}

/** Takes the VFs of a GPU away; fails while one is in use. */
export function vfsAway(ground: SetupGround, pf: PciDevice): Result<VfSteps> {
  if ((pf.sriov?.vfs.length ?? 0) === 0) return ok(NONE);
  const plan = planRemoveVfs(ground.facts, ground.ledger, { gpu: pf.bdf });
  return plan.ok ? ok({ steps: plan.value.steps, remarks: plan.value.remarks }) : plan;
}

function created(facts: HostFacts, { verdict }: SetupGround, pf: PciDevice, count: number | undefined): Result<VfSteps> {
  const plan = planCreateVfs(facts, verdict, { gpu: pf.bdf, ...(count === undefined ? {} : { count }) });
  if (!plan.ok) return plan;
  // The unit makes them again at each boot, so they are not gone with the next one.
  return ok({ steps: plan.value.steps, remarks: plan.value.remarks.filter(({ id }) => id !== 'vf.until-reboot') });
}

/** The machine once the VFs of a GPU are gone. */
function withoutVfs(facts: HostFacts, pf: PciDevice): HostFacts {
  if (facts.pci.state !== 'known' || pf.sriov === undefined) return facts;
  const bare: PciDevice = { ...pf, sriov: { ...pf.sriov, vfs: [], driversAutoprobe: true } };
  const displays = facts.pci.value.displays.filter(({ physfn }) => physfn !== pf.bdf);
  return { ...facts, pci: known({ ...facts.pci.value, displays: displays.map((one) => (one.bdf === pf.bdf ? bare : one)) }) };
}

/** Whether a number of VFs can be had at all. */
export function countFits(pf: PciDevice, max: number | undefined, count: number | undefined): Result<void> {
  if (count === undefined || max === undefined || count <= max) return ok(undefined);
  return problem('vf.range', `${pf.bdf} can have 1 to ${max} VFs, not ${count}.`, { hint: `Give --vfs ${max} or fewer.` });
}
