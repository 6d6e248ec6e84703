// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { PlanDiff, PlannedChange } from '../../../src/core/plan/diff-plan.ts';
import { renderPlan } from '../../../src/core/plan/render-plan.ts';

const texts = (...changes: PlannedChange[]) =>
  renderPlan({ format: 1, title: 'a plan', changes, remarks: [], reboot: null } satisfies PlanDiff).map(
    ({ kind, text }) => `${kind}: ${text}`,
  );

const write = (path: string, value: string): PlannedChange => ({
  action: 'writeSysfs',
  subject: path,
  reason: 'why',
  diff: [],
  value,
});

describe('a shown plan', () => {
  test('what follows is shown after it; the gravest remark stands last', () => {
    const remarks = [
      { level: 'blocker', id: 'b', text: 'No.' },
      { level: 'note', id: 'n', text: 'Good to know.' },
      { level: 'warning', id: 'w', text: 'Careful.', hint: 'Look.' },
    ] as const;
    const next = { text: 'Then:', changes: [write('/sys/b', '2')] };
    const plan: PlanDiff = { format: 1, title: 'a plan', changes: [write('/sys/a', '1')], remarks, reboot: null, next };
    expect(renderPlan(plan).map(({ text }) => text)).toEqual([
      'a plan',
      '/sys/a = 1  (why)',
      'Then:',
      '/sys/b = 2  (why)',
      'note: Good to know.',
      'warning: Careful. Look.',
      'blocked: No.',
    ]);
  });

  test('the same pair of writes for each VF is shown once and counted', () => {
    const vfs = [1, 2, 3, 4].flatMap((vf) => [
      write(`/sys/bus/pci/devices/0000:00:02.0/virtfn${vf - 1}/driver_override`, 'vfio-pci'),
      write('/sys/bus/pci/drivers_probe', `0000:00:02.${vf}`),
    ]);
    expect(texts(write('/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs', '4'), ...vfs)).toEqual([
      'title: a plan',
      'subject: 0000:00:02.0/sriov_numvfs = 4  (why)',
      'subject: 0000:00:02.0/virtfn0/driver_override = vfio-pci  (why)',
      'subject: drivers_probe = 0000:00:02.1  (why)',
      'context:   ... and the same for 3 more',
    ]);
  });

  test('two of a kind are both shown', () => {
    expect(texts(write('/sys/a', '1'), write('/sys/a', '2'))).toHaveLength(3);
  });

  test('writes that differ in the attribute are never folded', () => {
    expect(texts(write('/sys/a', '1'), write('/sys/b', '1'), write('/sys/c', '1'), write('/sys/d', '1'))).toHaveLength(5);
  });

  test('a long new file is counted, a short one shown, tabs as blanks', () => {
    const file = (lines: number): PlannedChange => ({
      action: 'writeFile',
      subject: '/etc/x',
      reason: 'why',
      diff: ['@@ -0,0 +1 @@', ...Array.from({ length: lines }, (_, i) => `+\tline ${i}`)],
    });
    expect(texts(file(13))).toEqual(['title: a plan', 'subject: /etc/x  (why)', 'added:   + new, 13 lines']);
    expect(texts(file(2)).slice(2)).toEqual(['added:   +  line 0', 'added:   +  line 1']);
  });

  test('a long list of --map is counted, the description is above, other words stay as they can be copied', () => {
    const command = [
      'pvesh',
      'create',
      '/cluster/mapping/pci',
      '--id',
      'p',
      '--map',
      'a=1',
      '--map',
      'b=2',
      '--description',
      "it's ours",
    ];
    expect(texts({ action: 'createPool', subject: 'pool p', reason: 'why', diff: [], command }).at(-1)).toBe(
      'command:   $ pvesh create /cluster/mapping/pci --id p --map ... (2 entries) --description ...',
    );
  });

  test('terminal escapes in a value are made visible', () => {
    expect(texts(write('/sys/a', '\u001b[31mred')).join('')).not.toContain('\u001b');
  });
});
