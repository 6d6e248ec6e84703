// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { recover } from '../../../src/app/engine/recover.ts';
import { readLedger } from '../../../src/app/engine/state-files.ts';
import type { Plan, Step } from '../../../src/core/plan/action.ts';
import { isConsumer } from '../../../src/core/plan/consumers.ts';
import { textToBase64 } from '../../../src/core/plan/file-image.ts';
import { inverseOf } from '../../../src/core/plan/inverse.ts';
import { i915SriovDeb } from '../../../src/simulator/packages/i915-sriov-deb.ts';
import { RAPTOR_LAKE_S_UNTOUCHED } from '../../../src/simulator/profiles/twelfth-generation.ts';
import { Simulated } from '../simulated.ts';
import { PowerCut } from './rig.ts';

const RELEASE = RAPTOR_LAKE_S_UNTOUCHED.kernelRelease;
const HEADERS = `proxmox-headers-${RELEASE}`;
const UNIT = 'pveigpu-boot.service';
const UNIT_TEXT = '[Unit]\nDescription=x\n[Service]\nType=oneshot\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n';
const DEB = '/root/readme.deb';

function write(path: string, text: string): Step {
  return {
    action: 'writeFile',
    args: { path, base64: textToBase64(text), mode: 0o644, before: { kind: 'absent' } },
    reason: 'ours',
  };
}

const install: Step = {
  action: 'installPackage',
  args: { packages: [{ name: HEADERS }, { name: 'dkms' }], before: { [HEADERS]: null, dkms: null } },
  reason: 'for the driver',
};
const files: readonly Step[] = [
  write(`/etc/systemd/system/${UNIT}`, UNIT_TEXT),
  write('/etc/modprobe.d/pveigpu.conf', 'options i915 enable_guc=3\n'),
];
const reload: Step = {
  action: 'run',
  args: { argv: ['systemctl', 'daemon-reload'], undo: null, timeoutMs: 60_000 },
  reason: 'units',
};
const enable: Step = { action: 'enableUnit', args: { unit: UNIT, enabled: true, before: false }, reason: 'at boot' };
const image: Step = {
  action: 'updateInitramfs',
  args: { release: RELEASE, holds: ['etc/modprobe.d/pveigpu.conf'] },
  reason: 'early',
};
const BLOCKS: readonly (readonly Step[])[] = [[install], [...files, reload, enable], [...files, image]];

function planOf(...steps: readonly Step[]): Plan {
  const once = steps.filter((step, at) => steps.indexOf(step) === at);
  return { title: 'set up', steps: once, remarks: [] };
}

/** What lasts, without directories and what dpkg and initramfs-tools keep for themselves. */
function lasting(machine: Simulated): { readonly [path: string]: string } {
  return Object.fromEntries(
    Object.entries(machine.lasting()).filter(([path]) => !path.endsWith('/') && !/\.bak$|^\/boot\/.*\.dpkg-bak$/.test(path)),
  );
}

function cutAt(nth: number): { readonly machine: Simulated; readonly state: { places: number; armed: boolean } } {
  const state = { places: 0, armed: true };
  const beforeOperation = (operation: string) => {
    if (!state.armed || /^(read|readBytes|readLink|list|stat|freeSpace)$/.test(operation)) return;
    state.places += 1;
    if (state.places > nth) throw new PowerCut('cut');
  };
  return { machine: new Simulated(RAPTOR_LAKE_S_UNTOUCHED, { faults: { beforeOperation } }), state };
}

describe('packages, units and programs', () => {
  test('are done, are in the ledger with what came along, and the way back is exact', async () => {
    const machine = new Simulated(RAPTOR_LAKE_S_UNTOUCHED);
    const before = lasting(machine);
    const plan = planOf(...BLOCKS.flat());
    const applied = await applyPlan(machine.context, plan);
    if (!applied.ok) throw new Error(applied.problem.message);
    expect(await machine.must('systemctl', 'is-enabled', UNIT)).toBe('enabled\n');
    const ledger = await readLedger(machine.node);
    expect(ledger).toMatchObject({ value: { packages: { [HEADERS]: null, dkms: null }, units: { [UNIT]: false } } });
    // Dependencies that apt brought along are ours, too.
    const packages = ledger.ok ? Object.keys(ledger.value.packages) : [];
    expect(packages.length).toBeGreaterThan(2);
    const all = await applyPlan(machine.context, plan);
    expect(all.ok && all.value.steps.filter(({ state }) => state === 'done').map(({ action }) => action)).toEqual([
      'run',
      'updateInitramfs',
    ]);

    const journal = machine.node.machine.tree.text('/var/lib/pveigpu/journal/0001.json') ?? '';
    const done = (JSON.parse(journal) as { steps: readonly { step: Step }[] }).steps.map(({ step }) => step);
    const steps = [...done.filter((step) => !isConsumer(step)).reverse(), ...done.filter(isConsumer)];
    const back = await applyPlan(machine.context, planOf(...steps.map(inverseOf).filter((step): step is Step => step !== null)));
    if (!back.ok) throw new Error(back.problem.message);
    expect(lasting(machine)).toEqual(before);
    expect(await readLedger(machine.node)).toMatchObject({ value: { files: {}, packages: {}, units: {} } });
  });

  test('any of them, and the power goes anywhere: the next command takes it back', async () => {
    const parts = fc.shuffledSubarray([...BLOCKS], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(99), fc.boolean(), async (blocks, percent, reboots) => {
        const plan = planOf(...blocks.flat());
        const whole = cutAt(Number.POSITIVE_INFINITY);
        const before = lasting(whole.machine);
        expect((await applyPlan(whole.machine.context, plan)).ok).toBe(true);
        const after = lasting(whole.machine);
        const { machine, state } = cutAt(Math.floor((whole.state.places * percent) / 100));
        await expect(applyPlan(machine.context, plan)).rejects.toThrow(PowerCut);
        state.armed = false;
        if (reboots) expect(await machine.node.reboot()).toEqual({ booted: true });
        const recovered = await recover(machine.context);
        if (!recovered.ok) throw new Error(recovered.problem.message);
        expect(lasting(machine)).toEqual(recovered.value?.outcome === 'finished' ? after : before);
        expect(recovered.value?.outcome).not.toBe('incomplete');
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test('a later step that fails takes the packages with it', async () => {
    const machine = new Simulated(RAPTOR_LAKE_S_UNTOUCHED);
    const before = lasting(machine);
    const holds: Step = { action: 'updateInitramfs', args: { release: RELEASE, holds: ['etc/nothing'] }, reason: 'early' };
    const failed = await applyPlan(machine.context, planOf(install, ...files, holds));
    expect(failed).toMatchObject({
      ok: false,
      problem: { code: 'plan.failed', message: expect.stringContaining('does not hold etc/nothing') },
    });
    expect(lasting(machine)).toEqual(before);
    expect((await machine.must('dpkg', '--audit')).trim()).toBe('');
  });

  test('a package whose own script fails is taken out with what came along, and dpkg has nothing half done', async () => {
    const machine = new Simulated(RAPTOR_LAKE_S_UNTOUCHED);
    machine.node.machine.tree.setFile(DEB, i915SriovDeb('2026.05.06', { threeArgumentsBelow: [8, 0, 0], postinst: 'stops' }));
    const before = lasting(machine);
    const driver: Step = {
      action: 'installPackage',
      args: { packages: [{ name: 'i915-sriov-dkms', file: DEB }], before: { 'i915-sriov-dkms': null } },
      reason: 'the driver',
    };
    const failed = await applyPlan(machine.context, planOf(install, driver));
    expect(failed).toMatchObject({
      ok: false,
      problem: {
        code: 'host.run',
        message: expect.stringContaining('could not install i915-sriov-dkms (exit 100): E: Sub-process'),
      },
    });
    expect((await machine.must('dpkg', '--audit')).trim()).toBe('');
    const { '/var/lib/dkms/mok.key': _key, '/var/lib/dkms/mok.pub': _pub, ...after } = lasting(machine);
    expect(after).toEqual(before);
  });

  test('a file that is not the chosen one is not installed', async () => {
    const machine = new Simulated(RAPTOR_LAKE_S_UNTOUCHED);
    machine.node.machine.tree.setFile(DEB, 'something else');
    const sha256 = createHash('sha256').update('the chosen file').digest('hex');
    const step: Step = {
      action: 'installPackage',
      args: { packages: [{ name: 'i915-sriov-dkms', file: DEB, sha256 }], before: { 'i915-sriov-dkms': null } },
      reason: 'the driver',
    };
    const failed = await applyPlan(machine.context, planOf(step));
    expect(failed).toMatchObject({ ok: false, problem: { message: expect.stringContaining('is not the file that was chosen') } });
  });

  test('packages that something else needs by now stay, and the journal says why', async () => {
    const machine = new Simulated(RAPTOR_LAKE_S_UNTOUCHED);
    const remove: Step = {
      action: 'removePackage',
      args: { packages: [{ name: 'proxmox-default-kernel' }], before: { 'proxmox-default-kernel': '1' } },
      reason: 'test',
    };
    const failed = await applyPlan(machine.context, planOf(remove));
    expect(failed).toMatchObject({
      ok: false,
      problem: { code: 'plan.drift', message: expect.stringContaining('need proxmox-default-kernel') },
    });
  });
});
