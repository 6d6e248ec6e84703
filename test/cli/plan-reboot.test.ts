// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { simulated } from '../app/simulated.ts';
import { jsonOf, raptorLake, typed } from './command-line.ts';

interface PlanJson {
  readonly needsReboot: boolean;
  readonly plans: readonly {
    readonly reboot: string | null;
    readonly changes: readonly { readonly action: string; readonly command?: readonly string[]; readonly does?: string }[];
  }[];
}

const NAME = 'raptor-lake-s-untouched';

describe('plan --json and apply --json', () => {
  test('say that a reboot is needed and why, before and after, until the boot', async () => {
    const machine = simulated(NAME);
    const planned = jsonOf(await typed(machine, 'plan gvt-d --json')) as unknown as PlanJson;
    expect(planned.needsReboot).toBe(true);
    expect(planned.plans[0]?.reboot).toMatch(/^One reboot of this node is needed: .+\.$/);
    const applied = await typed(machine, 'apply gvt-d --yes --json');
    expect(applied.code).toBe(EXIT.rebootNeeded);
    expect((jsonOf(applied) as unknown as PlanJson).needsReboot).toBe(true);
    const again = await typed(machine, 'apply gvt-d --yes --json');
    expect(again.code).toBe(EXIT.rebootNeeded);
    expect((jsonOf(again) as unknown as PlanJson).plans[0]?.reboot).toBe('All is set up and waits for a reboot of this node.');
  });

  test('say that none is needed', async () => {
    const plan = jsonOf(await typed(raptorLake(), 'assign 101 --dry-run --json')) as unknown as PlanJson;
    expect([plan.needsReboot, plan.plans[0]?.reboot]).toEqual([false, null]);
  });
});

describe('what a plan says of the loader and the initramfs', () => {
  test.each(['tiger-lake', NAME])('%s: what is done, beside the name that people know', async (name) => {
    const { plans } = jsonOf(await typed(simulated(name), 'plan gvt-d --json')) as unknown as PlanJson;
    const consumers = (plans[0]?.changes ?? []).filter(({ action }) => /^(refreshBoot|updateInitramfs|pinKernel)$/.test(action));
    expect(consumers.length).toBeGreaterThan(0);
    for (const { command, does } of consumers) {
      expect(command?.length).toBeGreaterThan(0);
      expect(does).toMatch(/^[A-Z].*as a whole.*\.$/);
    }
    const { out } = await typed(simulated(name), 'plan gvt-d');
    expect(out).not.toMatch(/\$ (update-grub|proxmox-boot-tool)/);
    if (consumers.some(({ action }) => action === 'refreshBoot'))
      expect(out).toMatch(/As (update-grub|proxmox-boot-tool refresh);/);
  });
});
