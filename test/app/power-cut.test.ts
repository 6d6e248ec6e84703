// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { recover } from '../../src/app/engine/recover.ts';
import { planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import type { Result } from '../../src/core/problem.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { RAPTOR_LAKE_S } from '../../src/simulator/profiles/twelfth-generation.ts';
import { PowerCut } from './engine/rig.ts';
import { Simulated } from './simulated.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';

/** The machine of the demo with three VFs instead of seven, so that there are fewer places for a cut. */
const THREE_VFS: Profile = {
  ...RAPTOR_LAKE_S,
  devices: RAPTOR_LAKE_S.devices.map((device) =>
    device.sriov === undefined ? device : { ...device, sriov: { ...device.sriov, totalVfs: 3 } },
  ),
};

/** Whole commands, each with what was done before it. */
const COMMANDS: readonly {
  readonly name: string;
  readonly before: readonly ((node: Simulated) => Promise<unknown>)[];
  readonly run: (node: Simulated) => Promise<Result<unknown>>;
}[] = [
  {
    name: 'assign from a pool that has to be made',
    before: [],
    run: async (node) => await node.assign({ vmid: 101, hook: true }),
  },
  {
    name: 'assign a pinned VF that is in the pool of another guest',
    before: [async (node) => done(await node.assign({ vmid: 100 }))],
    run: async (node) => await node.assign({ vmid: 101, vf: 2 }),
  },
  {
    name: 'assign to a guest that runs',
    before: [async (node) => done(await makeVfs(node)), async (node) => await node.must('qm', 'start', '101')],
    run: async (node) => await node.assign({ vmid: 101 }),
  },
  {
    name: 'unassign the last guest of the pool',
    before: [async (node) => done(await node.assign({ vmid: 101, hook: true }))],
    run: async (node) => await node.unassign(101),
  },
  {
    name: 'unassign a pinned VF, which goes back to the pool',
    before: [
      async (node) => done(await node.assign({ vmid: 100 })),
      async (node) => done(await node.assign({ vmid: 101, vf: 2 })),
    ],
    run: async (node) => await node.unassign(101),
  },
  { name: 'vf create', before: [], run: makeVfs },
  { name: 'vf remove', before: [async (node) => done(await makeVfs(node))], run: removeVfs },
];

async function makeVfs(node: Simulated): Promise<Result<unknown>> {
  return await node.carryOut(async () => await planVfCreate(node.context, {}));
}

async function removeVfs(node: Simulated): Promise<Result<unknown>> {
  return await node.carryOut(async () => await planVfRemove(node.context, {}));
}

function done(result: Result<unknown>): void {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
}

/** Operations that change something; a cut at any other is like one at the next of these. */
const CHANGING = new Set(['writeAtomic', 'poke', 'mkdir', 'remove', 'run', 'lock']);

/** A node whose power goes before its n-th changing operation from when `arm` is called. */
function nodeWithSwitch(): { readonly node: Simulated; arm(dieAt: number): void; disarm(): number } {
  let left = Number.POSITIVE_INFINITY;
  let counted = 0;
  const beforeOperation = (operation: string) => {
    if (!CHANGING.has(operation)) return;
    counted += 1;
    if (counted > left) throw new PowerCut();
  };
  const arm = (dieAt: number) => {
    counted = 0;
    left = dieAt;
  };
  const disarm = () => {
    left = Number.POSITIVE_INFINITY;
    return counted;
  };
  return { node: new Simulated(THREE_VFS, { faults: { beforeOperation } }), arm, disarm };
}

/** What lasts, and the VFs. */
function seen(node: Simulated): string {
  const { tree, kernel } = node.node.machine;
  const vfs = (tree.names(PF) ?? []).filter((name) => name.startsWith('virtfn'));
  const drivers = vfs.map((name) => kernel.driverOf(`0000:00:02.${Number(name.slice(6)) + 1}`));
  return JSON.stringify([tree.text(`${PF}/sriov_drivers_autoprobe`), vfs, drivers, node.lasting()], null, 1);
}

/** Both guests stopped and taken back, no VFs: everything must be as it was when the node was new. */
async function takeAllBack(node: Simulated): Promise<string> {
  await node.run('qm', 'stop', '101');
  // Twice, since the first may find that the other still names what is to go.
  for (const vmid of [100, 101, 100, 101]) {
    const result = await node.unassign(vmid);
    if (!result.ok) expect(result.problem.code).toBe('guest.not-assigned');
  }
  done(await removeVfs(node));
  return seen(node);
}

describe.each(COMMANDS)('a power cut while doing: $name', ({ before, run }) => {
  test.each([
    { how: 'the process is killed', reboots: false },
    { how: 'the node boots again', reboots: true },
  ])('at any change, $how: the next command puts it right', async ({ reboots }) => {
    const whole = nodeWithSwitch();
    const pristine = seen(whole.node);
    for (const step of before) await step(whole.node);
    whole.arm(Number.POSITIVE_INFINITY);
    done(await run(whole.node));
    const total = whole.disarm();
    const wanted = seen(whole.node);
    const outcomes = new Set<string>();
    for (let dieAt = 0; dieAt < total; dieAt += 1) {
      const { node, arm, disarm } = nodeWithSwitch();
      for (const step of before) await step(node);
      arm(dieAt);
      await expect(run(node), `cut at ${dieAt}`).rejects.toThrow(PowerCut);
      disarm();
      if (reboots) expect(await node.node.reboot()).toEqual({ booted: true });
      // As every command does first, and then its own work again unless it was finished by that.
      const recovered = await recover(node.context);
      if (!recovered.ok) throw new Error(`cut at ${dieAt}: ${recovered.problem.message}`);
      const outcome = recovered.value?.outcome ?? 'nothing';
      outcomes.add(outcome);
      expect(outcome, `cut at ${dieAt}`).not.toBe('incomplete');
      if (seen(node) !== wanted) {
        const again = await run(node);
        if (!again.ok) expect(again.problem.code, `cut at ${dieAt}: ${again.problem.message}`).toBe('guest.not-assigned');
      }
      if (!reboots) expect(seen(node), `cut at ${dieAt}`).toBe(wanted);
      expect(await takeAllBack(node), `cut at ${dieAt}, taken back`).toBe(pristine);
    }
    expect([...outcomes].sort()).toEqual(['finished', 'nothing', 'undone']);
  });
});
