// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { unified } from '../../../src/core/plan/content-diff.ts';
import { diffPlan } from '../../../src/core/plan/diff-plan.ts';
import { renderPlan } from '../../../src/core/plan/render-plan.ts';
import { changedFile, createVfs, guestStep, newFile, plan, poolOf, removedFile } from '../../app/engine/plans.ts';
import { newTree } from '../../app/engine/rig.ts';

const text = newTree().text('/etc/pve/qemu-server/101.conf') ?? '';

describe('what a plan changes', () => {
  test('files', () => {
    expect(diffPlan(plan(newFile, changedFile, removedFile)).changes.map(({ subject, diff }) => [subject, diff])).toEqual([
      ['/etc/modprobe.d/pveigpu.conf', ['@@ -0,0 +1,1 @@', '+options xe max_vfs=7']],
      ['/etc/modprobe.d/other.conf', ['@@ -1,1 +1,1 @@', '-options kvm nested=1\r', '+options kvm nested=0\r']],
      ['/etc/modprobe.d/other.conf', ['@@ -1,1 +0,0 @@', '-options kvm nested=1\r']],
    ]);
  });

  test('a guest: the touched keys, or PVE’s own rewrite where the text is known', () => {
    const change = plan(guestStep(101, { hostpci0: 'mapping=igpu-vf', tags: 'x' }, ['cores']));
    expect(diffPlan(change).changes[0]?.diff).toEqual(['-cores: 2', '+hostpci0: mapping=igpu-vf', '-tags: a;b', '+tags: x']);
    const stopped = diffPlan(change, () => ({ text, running: false })).changes[0]?.diff ?? [];
    expect(stopped.filter((line) => /^[-+]/.test(line))).toEqual([
      '-cores: 2',
      '+hostpci0: mapping=igpu-vf',
      '-tags: a;b',
      '+tags: x',
    ]);
    expect(stopped).toContain(' memory: 2048');
    const running = diffPlan(change, () => ({ text, running: true })).changes[0]?.diff ?? [];
    expect(running).toContain('+[PENDING]');
    expect(running).not.toContain('-cores: 2');
  });

  test('pools and sysfs', () => {
    const { changes } = diffPlan(
      plan(...createVfs.slice(1, 2), {
        action: 'updatePool',
        args: { pool: poolOf(1, 2), before: poolOf(1), digest: 'd' },
        reason: 'r',
      }),
    );
    expect(changes[0]).toMatchObject({ action: 'writeSysfs', value: '3', diff: [] });
    const entry = 'id=8086:a780,iommugroup=21,node=n,path=0000:00:02.2,subsystem-id=1043:8882';
    expect(changes[1]?.diff.filter((line) => /^[-+]/.test(line))).toEqual([`+\tmap ${entry}`]);
    expect(changes[1]?.command).toContain(entry);
  });

  test('equal texts have no diff, a missing final line end is said', () => {
    expect(unified('a\n', 'a\n')).toEqual([]);
    expect(unified('a\n', 'a')).toContain('\\ No newline at end of file');
  });
});

test('as text, with nothing hostile in it', () => {
  const step = guestStep(101, { args: "-x 'y' \u001b[31m" });
  const remarks = [{ level: 'warning', id: 'w', text: 'Evil \u001b[2J name.', hint: 'Look.' }] as const;
  const lines = renderPlan(diffPlan({ title: 'assign \u0007', steps: [step, ...createVfs.slice(1, 2)], remarks }));
  const all = lines.map((line) => line.text).join('\n');
  expect(all).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(lines.map(({ kind }) => kind)).toEqual(['title', 'subject', 'added', 'command', 'subject', 'warning']);
  expect(all).toContain('$ qm set 101 --digest');
  expect(all).toContain('sriov_numvfs = 3  (make VFs)');
  expect(all).toContain('warning: Evil ');
});
