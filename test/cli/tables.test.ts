// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { mustType, typed, withVfs } from './command-line.ts';

test('a whole GPU takes one cell, not eight', async () => {
  const machine = await withVfs();
  machine.writeConfig(110, 'hostpci0: 0000:00:02\nmemory: 64\n');
  const { out } = await mustType(machine, 'assignments');
  expect(out).toMatch(/^VM 110 {2}no {4}whole GPU {2}0000:00:02\.0 and 7 more {2}- {6}set {4}hand$/m);
});

test('names and values from elsewhere cannot drive the terminal', async () => {
  const machine = await withVfs();
  const evil = 'hostpci0: 0000:00:02.3,\u001b[31mred\u0007\nmemory: 64\nname: \u001b]0;x\u0007\n';
  machine.writeConfig(110, evil);
  for (const line of [
    'status',
    'assignments',
    'vf list',
    'assign 110 --dry-run',
    'unassign 110 --dry-run --force',
    'pool list',
  ]) {
    const { out, err } = await typed(machine, line);
    expect(`${out}${err}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  }
});

test.each([40, 60, 80, 200])('remarks fit into %i columns', async (columns) => {
  const machine = await withVfs();
  const { out } = await typed(machine, 'assign 102 --dry-run', { columns });
  const remarks = out.slice(out.indexOf('note: ')).trimEnd().split('\n');
  expect(remarks.length).toBeGreaterThan(3);
  for (const line of remarks) expect(line.length).toBeLessThanOrEqual(Math.min(columns, 100));
});

test('a VF whose removal has not ended is shown as that', async () => {
  const machine = await withVfs(3);
  const pid = machine.hangRemoval('0000:00:02.2');
  const list = await mustType(machine, 'vf list');
  expect(list.out).toMatch(new RegExp(`^0000:00:02\\.2 +VF 2, being removed .*holder \\(pid ${pid}\\)`, 'm'));
  expect(list.out).not.toMatch(/^0000:00:02\.[13] +GPU/m);
  const status = await mustType(machine, 'status');
  expect(status.out).toMatch(/^ {2}VF 2 {4}being removed \(0000:00:02\.2\)$/m);
});
