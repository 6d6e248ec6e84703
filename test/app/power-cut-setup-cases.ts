// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { planConfirmation } from '../../src/app/confirm.ts';
import { readPending } from '../../src/app/engine/pending-file.ts';
import { type PlanSetupRequest, planHostSetup } from '../../src/app/plan-setup.ts';
import { i915SriovDeb } from '../../src/simulator/packages/i915-sriov-deb.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { bootAndConfirm, type CutCase, command, rollbackAll } from './power-cut-setup.ts';
import type { Simulated } from './simulated.ts';

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

/** The command `apply`. */
export const apply = (request: PlanSetupRequest) => async (machine: Simulated) =>
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

/** Every command of host set-up on every way of starting. */
export const CASES: readonly CutCase[] = LOADERS.flatMap((layout): readonly CutCase[] => {
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
