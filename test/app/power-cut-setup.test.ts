// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planConfirmation } from '../../src/app/confirm.ts';
import { readPending } from '../../src/app/engine/pending-file.ts';
import { type PlanSetupRequest, planHostSetup } from '../../src/app/plan-setup.ts';
import { i915SriovDeb } from '../../src/simulator/packages/i915-sriov-deb.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { bootAndConfirm, type CutCase, command, cutOnce, placesOf, randomFrom, rollbackAll, sample } from './power-cut-setup.ts';
import type { Simulated } from './simulated.ts';

/** `CUTS=full` cuts at every place, `CUTS=N` at N places of each command; `SEED` chooses which. */
const PLACES = process.env.CUTS === 'full' ? Number.POSITIVE_INFINITY : Number(process.env.CUTS ?? 2);
const SEED = Number(process.env.SEED ?? 20_260_105);

const OTHER_KERNEL = '6.14.8-2-pve';
const DRIVER = '/root/i915-sriov-dkms_2026.05.06_amd64.deb';

/** The ways in which Proxmox VE starts; proxmox-boot-tool's with two partitions. */
const LOADERS = [
  ['grub', true],
  ['grub', false],
  ['pbt-grub', true],
  ['pbt-systemd-boot', true],
] as const;

function profile(name: string, [loader, efi]: (typeof LOADERS)[number]): Profile {
  const found = findProfile(name);
  if (found === undefined) throw new Error(`no profile ${name}`);
  const { alsoLoader: _other, ...rest } = found;
  const headers = [...(found.headers ?? []), ...(found.dkms === undefined ? [] : [OTHER_KERNEL])];
  return {
    ...rest,
    loader,
    efi,
    otherKernels: [OTHER_KERNEL],
    headers,
    ...(loader.startsWith('pbt-') ? { esps: ['5AA1-0001', '5AA1-0002'] } : {}),
  };
}

const apply = (request: PlanSetupRequest) => async (machine: Simulated) =>
  await command(machine, async () => await planHostSetup(machine.context, request));

/** The same with a driver package that somebody brought. */
async function applyWithDriver(machine: Simulated): Promise<void> {
  const [sha256 = ''] = (await machine.must('sha256sum', DRIVER)).split(' ');
  await apply({ mode: 'sriov', driver: 'i915-dkms', source: { from: DRIVER, sha256 } })(machine);
}

/** A trial that is awaited is not begun again. */
async function tryIt(machine: Simulated): Promise<void> {
  const pending = await readPending(machine.node);
  if (pending.ok && pending.value === null) await apply({ mode: 'gvt-g', trial: true })(machine);
}

const confirm = async (machine: Simulated) => await command(machine, async () => await planConfirmation(machine.context));

/** Brings the package; the file is the user's own and stays. */
function bringDriver(of: Profile): Profile {
  return { ...of, files: { ...of.files, [DRIVER]: i915SriovDeb('2026.05.06') } };
}

const CASES: readonly CutCase[] = LOADERS.flatMap((layout): readonly CutCase[] => {
  const on = `${layout[0]} on ${layout[1] ? 'UEFI' : 'BIOS'}`;
  const one = (name: string, machine: string, run: CutCase['run'], leavesMode: boolean, before?: CutCase['before']): CutCase => ({
    name: `${name}, ${machine}, ${on}`,
    profile: profile(machine, layout),
    run,
    leavesMode,
    ...(before === undefined ? {} : { before }),
  });
  const driver = one('sriov with a driver package', 'raptor-lake-s-untouched', applyWithDriver, true);
  return [
    one('sriov with the stock xe', 'panther-lake', apply({ mode: 'sriov' }), true),
    { ...driver, profile: bringDriver(driver.profile) },
    one('gvt-d', 'alder-lake-s', apply({ mode: 'gvt-d' }), true),
    one('gvt-g', 'comet-lake', apply({ mode: 'gvt-g' }), true),
    one('host after gvt-d', 'apollo-lake', apply({ mode: 'host' }), false, async (machine) => {
      await apply({ mode: 'gvt-d' })(machine);
      await bootAndConfirm(machine);
    }),
    one('confirm of gvt-g', 'comet-lake', confirm, true, async (machine) => {
      await apply({ mode: 'gvt-g' })(machine);
      // Without units, since the one that confirms by itself would be first.
      machine.node.machine.advance(60_000);
      expect(machine.node.machine.boot()).toEqual({ booted: true });
    }),
    one('rollback --all of sriov', 'panther-lake', rollbackAll, false, async (machine) => {
      await apply({ mode: 'sriov' })(machine);
      await bootAndConfirm(machine);
    }),
    one('gvt-g on another kernel, pinned', 'coffee-lake', apply({ mode: 'gvt-g', kernel: OTHER_KERNEL, pin: true }), true),
    ...(layout[0] === 'pbt-systemd-boot' ? [one('a trial of gvt-g', 'comet-lake', tryIt, true)] : []),
  ];
});

describe('the power goes, or the process is killed, anywhere in a set-up', () => {
  test.each(CASES)(
    '$name',
    async (one) => {
      const total = await placesOf(one);
      expect(total).toBeGreaterThan(5);
      const random = randomFrom(SEED + CASES.indexOf(one));
      const turn = Math.floor(random() * 4);
      const troubles: string[] = [];
      // The last one is not cut at all.
      for (const [index, at] of [...sample(total, PLACES, random), total].entries()) {
        const kind = index + turn;
        await cutOnce(one, { at, reboots: kind % 2 === 0, next: kind % 4 < 2 ? 'again' : 'rollback' }).catch((error: unknown) =>
          troubles.push(error instanceof Error ? error.message : String(error)),
        );
      }
      if (troubles.length > 0) throw new Error(`${troubles.length} of ${total} places:\n${troubles.join('\n')}`);
    },
    3_600_000,
  );
});
