// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { recover } from '../../../src/app/engine/recover.ts';
import { readLedger } from '../../../src/app/engine/state-files.ts';
import { PLANS } from './plans.ts';
import { newTree, PowerCut, picture, type RigOptions, rig } from './rig.ts';

describe.each(Object.entries(PLANS))('power cut while doing: %s', (_name, plan) => {
  test.each([{ running: false }, { running: true }])(
    'before and after every operation, guests running: $running',
    async (more: RigOptions) => {
      const before = picture(newTree());
      const whole = rig(newTree(), more);
      const report = await applyPlan(whole.context, plan);
      expect(report.ok).toBe(true);
      const after = picture(whole.tree);
      expect(after).not.toBe(before);
      const total = whole.operations();
      expect(total).toBeGreaterThan(20);
      const full = await readLedger(whole.context.host);

      const outcomes = new Set<string>();
      for (let dieAt = 0; dieAt < total; dieAt += 1) {
        const tree = newTree();
        const broken = rig(tree, { ...more, dieAt });
        await expect(applyPlan(broken.context, plan)).rejects.toThrow(PowerCut);
        const again = rig(tree, more);
        const recovered = await recover(again.context);
        expect(recovered, `cut at ${dieAt}`).toMatchObject({ ok: true });
        const now = picture(tree);
        const ledger = await readLedger(again.context.host);
        expect([before, after], `cut at ${dieAt}`).toContain(now);
        const isAfter = now === after;
        outcomes.add(isAfter ? 'after' : 'before');
        const empty = { ok: true, value: { files: {}, guests: {}, pools: {} } };
        if (isAfter) expect(ledger, `cut at ${dieAt}`).toEqual(full);
        else expect(ledger, `cut at ${dieAt}`).toMatchObject(empty);
        // Nothing is left to do, and the plan can be done afresh.
        expect(await recover(again.context)).toEqual({ ok: true, value: null });
        if (!isAfter) expect((await applyPlan(again.context, plan)).ok, `cut at ${dieAt}`).toBe(true);
        expect(picture(tree)).toBe(after);
      }
      expect([...outcomes].sort()).toEqual(['after', 'before']);
    },
  );

  test('a second power cut, during recovery', async () => {
    const before = picture(newTree());
    const whole = rig(newTree());
    await applyPlan(whole.context, plan);
    const after = picture(whole.tree);
    const total = whole.operations();
    for (let dieAt = 10; dieAt < total - 1; dieAt += 7) {
      for (let second = 0; second < 40; second += 3) {
        const tree = newTree();
        await applyPlan(rig(tree, { dieAt }).context, plan).catch(() => undefined);
        await recover(rig(tree, { dieAt: second }).context).catch(() => undefined);
        const last = await recover(rig(tree).context);
        expect(last.ok, `cut at ${dieAt}, then ${second}`).toBe(true);
        expect([before, after], `cut at ${dieAt}, then ${second}`).toContain(picture(tree));
      }
    }
  });
});
