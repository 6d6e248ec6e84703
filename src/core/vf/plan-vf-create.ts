// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import type { MachineVerdict } from '../gpu/verdict.ts';
import type { Bdf } from '../pci/address.ts';
import type { Plan, Remark, Step } from '../plan/action.ts';
import { gpuKey } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import { bindSteps, type VfToBind, vfLink } from './bind-steps.ts';
import { expectedVfs } from './expected-vfs.ts';
import { loadModuleSteps } from './load-vfio.ts';
import { type Vf, vfName } from './vf.ts';
import { gpuForVfs, type VfGpu } from './vf-gpu.ts';
import { vfHolders } from './vf-holders.ts';

/** What is asked: VFs of one GPU, as many as it has unless a count is given. */
export interface VfCreateRequest {
  readonly gpu?: Bdf;
  readonly count?: number;
  /** How many the administrator wants where no count is given; at most as many as there can be. */
  readonly usual?: number;
}

/** Making VFs means provisioning in firmware; seven of them take about a second, a busy node more. */
const CREATE_MS = 30_000;

/**
 * Makes VFs and binds them: the shortest order in which no host driver ever sees one (autoprobe off, count, override,
 * probe). Existing VFs are only bound. Another count needs `vf remove` first, since the kernel changes it only through 0.
 */
export function planCreateVfs(facts: HostFacts, verdict: MachineVerdict, request: VfCreateRequest): Result<Plan> {
  const gpu = gpuForVfs(facts, verdict, request.gpu);
  if (!gpu.ok) return gpu;
  const { pf, vfs } = gpu.value;
  const max = gpu.value.sriov.maxVfs ?? pf.sriov?.totalVfs ?? 0;
  const count = request.count ?? (vfs.length > 0 ? vfs.length : Math.min(request.usual ?? max, max));
  if (!Number.isInteger(count) || count < 1 || count > max)
    return problem('vf.range', `${pf.bdf} can have 1 to ${max} VFs, not ${count}.`, {
      hint: `For all: pveigpu vf create ${max}`,
    });
  if (vfs.length > 0 && vfs.length !== count)
    return problem('vf.in-use', `${pf.bdf} has ${vfs.length} VFs already; the kernel changes the number only through 0.`, {
      hint: `Run pveigpu vf remove, then pveigpu vf create ${count}.`,
      where: pf.bdf,
    });
  const plan = vfs.length > 0 ? bindExisting(facts, gpu.value) : createAndBind(facts, gpu.value, count);
  return plan.ok ? ok({ ...plan.value, desired: { gpu: gpuKey(pf), wish: { mode: 'sriov', numVfs: count } } }) : plan;
}

function createAndBind(facts: HostFacts, gpu: VfGpu, count: number): Result<Plan> {
  const { pf, vfioDriver } = gpu;
  const places = expectedVfs(pf, count);
  const last = places.at(-1);
  if (last === undefined)
    return problem('facts.unknown', `sriov_offset and sriov_stride of ${pf.bdf} could not be read.`, {
      hint: 'Run pveigpu as root on the node.',
    });
  const binds = places.flatMap((bdf, index) => {
    const number = index + 1;
    return bindSteps({ link: vfLink(pf.bdf, number), bdf, number, driver: null, override: null }, vfioDriver);
  });
  const steps: readonly Step[] = [...loadModuleSteps(facts, vfioDriver), ...autoprobeOff(pf), numVfs(pf, count, last), ...binds];
  return ok({ title: `make ${count} VFs of ${pf.bdf}`, steps, remarks: [untilReboot(pf)] });
}

function bindExisting(facts: HostFacts, gpu: VfGpu): Result<Plan> {
  const { pf, vfs, vfioDriver } = gpu;
  const title = `bind the VFs of ${pf.bdf} to ${vfioDriver}`;
  const todo = vfs.flatMap((vf) => {
    const bind = toBind(vf);
    const steps = bind === undefined ? [] : bindSteps(bind, vfioDriver);
    // A VF that PVE itself put on VFIO works; only its override is missing, which is no reason to touch it while it is used.
    const works = vf.device?.driver === vfioDriver || vf.device?.driver === 'vfio-pci';
    return steps.length === 0 || works ? [] : [{ vf, steps }];
  });
  for (const { vf } of todo) {
    const [holder] = vfHolders(facts, vf);
    if (holder !== undefined)
      return problem('vf.in-use', `${vfName(vf)} is bound to ${vf.device?.driver ?? 'no driver'} and in use by ${holder.name}.`, {
        hint: 'Stop that first, then try again.',
        where: vf.bdf,
      });
  }
  const steps = todo.flatMap((one) => one.steps);
  return ok({ title, steps: steps.length > 0 ? [...loadModuleSteps(facts, vfioDriver), ...steps] : [], remarks: [] });
}

function toBind(vf: Vf): VfToBind | undefined {
  if (vf.device === undefined) return undefined;
  const override = vf.device.driverOverride;
  return {
    link: vfLink(vf.pf.bdf, vf.number),
    bdf: vf.bdf,
    number: vf.number,
    driver: vf.device.driver,
    override: override.state === 'known' ? override.value : null,
  };
}

function autoprobeOff(pf: PciDevice): readonly Step[] {
  if (pf.sriov?.driversAutoprobe !== true) return [];
  const path = `/sys/bus/pci/devices/${pf.bdf}/sriov_drivers_autoprobe`;
  const args = { path, value: '0', undo: '1', timeoutMs: 5000, mustBeFree: [] };
  return [{ action: 'writeSysfs', args, reason: 'no driver of this host takes a VF when it appears' }];
}

/** The address of the last VF proves offset and stride, and so the addresses of all. */
function numVfs(pf: PciDevice, count: number, last: Bdf): Step {
  const folder = `/sys/bus/pci/devices/${pf.bdf}`;
  return {
    action: 'writeSysfs',
    args: {
      path: `${folder}/sriov_numvfs`,
      value: String(count),
      undo: '0',
      verify: { kind: 'link-name', path: vfLink(pf.bdf, count), name: last },
      verifyUndo: { kind: 'absent', path: vfLink(pf.bdf, 1) },
      timeoutMs: CREATE_MS,
      mustBeFree: [],
    },
    reason: `make ${count} VFs`,
  };
}

function untilReboot(pf: PciDevice): Remark {
  return {
    level: 'note',
    id: 'vf.until-reboot',
    text: `VFs of ${pf.bdf} are gone after a reboot of this node; a guest with our hookscript makes them again when it starts.`,
  };
}
