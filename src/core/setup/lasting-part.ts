// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_UNIT_NAME } from '../boot/vf-boot-unit.ts';
import { ifKnown } from '../facts/section.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Bdf } from '../pci/address.ts';
import type { Remark } from '../plan/action.ts';
import type { DesiredGpu } from '../plan/desired.ts';
import { ok, type Result } from '../problem.ts';
import { isSwitchedOff } from './commented-lines.ts';
import { answerLeftovers } from './leftover-remarks.ts';
import type { Leftover } from './leftovers/leftover.ts';
import { findLeftovers } from './leftovers/table.ts';
import { mergeWanted } from './merge-wanted.ts';
import { type Missing, missingOf } from './missing.ts';
import { modeDriver } from './mode-driver.ts';
import { wantedOf } from './mode-table.ts';
import { othersOf, textOf } from './others.ts';
import { ownFiles } from './own-files.ts';
import { isOwnPath, OWN_MODPROBE } from './own-path.ts';
import { withUnits } from './plan-order.ts';
import { settingsOf } from './reboot-need.ts';
import { settleFiles } from './settle-files.ts';
import { setupCase, wishedGpus } from './setup-case.ts';
import type { SetupPart } from './setup-part.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';
import { NOTHING_WANTED, type SetupCase, type Wanted } from './wanted.ts';

/** What survives a reboot: files and units. */
export interface LastingPart {
  /** The GPU that the plan is about; absent when it is not here. */
  readonly own: SetupCase | undefined;
  /** All GPUs of which something is wanted, that one among them. */
  readonly cases: readonly SetupCase[];
  readonly missing: Missing;
  readonly files: SetupPart;
  /** Our own files that there will be. */
  readonly ownPaths: readonly string[];
  /** Places of others that do already what the mode wants. */
  readonly served: readonly string[];
  /** Neither a file nor a unit of ours is here or will be. */
  readonly nothingOfOurs: boolean;
  /** Words of ours that stand last on the command line, against what others have there. */
  readonly counters: readonly string[];
  readonly remarks: readonly Remark[];
}

/** Files and units for all GPUs, with one GPU's wish replaced: wants of all are joined, what others do already is left to them, leftovers are answered. */
export function lastingPart(
  world: SetupWorld,
  chosen: { readonly bdf: Bdf | undefined; readonly wish: DesiredGpu; readonly release: string },
  wish: SetupWish,
): Result<LastingPart> {
  const config = ifKnown(world.facts.config) ?? { files: [], unreadable: [] };
  const others = othersOf(world.facts, world.ledger);
  const ownModprobe = config.files.find(({ path }) => path === OWN_MODPROBE);
  const before = settingsOf(ownModprobe === undefined ? '' : textOf(ownModprobe));
  const { release } = chosen;
  const cases: SetupCase[] = [];
  const lost: Remark[] = [];
  for (const gpu of wishedGpus(world, chosen)) {
    const one = setupCase(world, gpu, { release, others, before });
    if (one.ok) cases.push(one.value);
    else if (gpu.device.bdf === chosen.bdf) return one;
    else lost.push(otherGpu(gpu.device.bdf, one.problem.message));
  }
  const own = cases.find(({ device }) => device.bdf === chosen.bdf);

  const isOff = (one: Leftover) => {
    if (one.counter !== undefined) return others.ourWords.includes(one.counter);
    const file = config.files.find(({ path }) => path === one.path);
    return file !== undefined && one.line !== undefined && isSwitchedOff(textOf(file), one.line);
  };
  const found = cases.flatMap((gpu) =>
    findLeftovers({
      facts: world.facts,
      others,
      device: gpu.device,
      mode: gpu.mode,
      driver: modeDriver(gpu.mode, gpu.entry, gpu.backend?.backend),
      release,
    }).map((leftover) => ({ gpu, leftover })),
  );
  // Where ours is in place already it stays, whatever else does the same.
  const isOurs = ({ mode, device }: SetupCase) =>
    mode === 'sriov' ? world.enabledUnits.includes(VF_BOOT_UNIT_NAME) : before.overrides.includes(device.bdf);
  const isServing = ({ gpu, leftover }: (typeof found)[number]) =>
    leftover.serves === true && !isOff(leftover) && wish.takeOver !== true && worksNow(gpu) && !isOurs(gpu);
  const serving = found.filter(isServing);
  const wants = cases.map((gpu) => {
    const isServed = serving.some((one) => one.gpu === gpu);
    return isServed ? withoutServed(wantedOf(gpu), gpu.mode) : wantedOf(gpu);
  });
  const merged = mergeWanted(wants);
  const missing = missingOf(merged.wanted, others, wish.force === true);
  const relevant = found
    .filter(({ gpu }) => gpu.mode !== 'host' || gpu === own)
    .map(({ gpu, leftover }) => (gpu.mode === 'host' ? harmless(leftover) : leftover));
  const answered = answerLeftovers(onceEach(relevant), {
    force: wish.force === true,
    takeOver: wish.takeOver === true,
    switched: (one) => own !== undefined && own.mode !== 'host' && isOff(one),
  });
  const ours = ownFiles(missing.wanted, answered.kept);
  const off = [...missing.off.filter(() => wish.force === true), ...answered.off];
  const settled = settleFiles({ config, ledger: world.ledger }, ours, off);
  if (!settled.ok) return settled;
  const files = withUnits(settled.value, missing.wanted.units, world.enabledUnits);
  return ok({
    own,
    cases,
    missing,
    files,
    ownPaths: ours.map(({ path }) => path),
    served: serving.map(({ leftover: { path, line } }) => (line === undefined ? path : `${path}:${line}`)),
    counters: [...new Set(answered.counters)],
    nothingOfOurs: ours.length === 0 && !config.files.some(({ path }) => isOwnPath(path)),
    remarks: [...lost, ...merged.conflicts.map(conflict), ...missing.remarks, ...answered.remarks],
  });
}

/** Whether the machine is in the mode now, so that what serves it may be believed. */
function worksNow({ device, mode }: SetupCase): boolean {
  if (mode === 'sriov') return (device.sriov?.vfs.length ?? 0) > 0;
  return mode === 'gvt-d' && device.driver === 'vfio-pci';
}

/** Without what somebody else's line does in the same mode: VFs at boot, or the hand-over to vfio-pci. */
function withoutServed(wanted: Wanted, mode: Mode): Wanted {
  return mode === 'sriov' ? { ...wanted, units: [], rules: [] } : { ...NOTHING_WANTED, parameters: wanted.parameters };
}

/** To give a GPU back nothing of others is touched: it is only said. */
function harmless({ breaks: _breaks, ...rest }: Leftover): Leftover {
  return rest;
}

function conflict(text: string): Remark {
  return {
    level: 'blocker',
    id: 'setup.gpus-contradict',
    text,
    hint: 'Choose another mode or driver for one of them.',
    code: 'gpu.cannot',
  };
}

/** Without its wants the settings of the other GPU would go with this plan, which nobody asked for. */
function otherGpu(bdf: string, why: string): Remark {
  return {
    level: 'blocker',
    id: 'setup.other-gpu',
    text: `What was set up for ${bdf} would go with this plan: ${why}`,
    hint: `Choose another mode for it first, for example: pveigpu apply host --gpu ${bdf}.`,
    overridable: true,
    code: 'gpu.cannot',
  };
}

function onceEach(found: readonly Leftover[]): readonly Leftover[] {
  return found.filter(
    (one, index) =>
      found.findIndex(
        (other) => other.id === one.id && other.path === one.path && other.line === one.line && other.text === one.text,
      ) === index,
  );
}
