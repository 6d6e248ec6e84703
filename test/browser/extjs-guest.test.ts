// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { button, chooseRow, chooseTab, isOffered, part, press, seeRow, seeText, tabTitles } from './pve-shell/ext-page.ts';
import { shellCases } from './pve-shell/open-case.ts';

const open = shellCases();
const VFS = ['vf create 3 --yes', 'pool create --yes'];
const HOSTILE = '<img src=x onerror="window.hacked=1">';

describe('the tab of a guest', () => {
  test('an administrator gives a VM a slice of the pool and takes it back; PVE writes both', async () => {
    const { served, tab } = await open({ typed: VFS }, { selected: 'qemu/101' });
    const { page } = tab;
    const before = served.config(101);
    await chooseTab(page, 'iGPU');
    await seeText(page, 'has', 'This guest has no slice of an Intel GPU.');
    expect(await isOffered(page, 'Assign')).toBe(false);
    await chooseRow(page, 'could', 'Any free VF, from the pool');
    await press(page, 'Assign');
    await seeText(page, 'plan', /\+.*mapping=igpu-vf/);
    expect(served.config(101)).toBe(before);
    await press(page, 'Apply');
    await seeRow(page, 'has', /VF from a pool .*\| hostpci0 \| mapping=igpu-vf/);
    expect(served.config(101)).toMatch(/^hostpci0: mapping=igpu-vf/m);

    await press(page, 'Remove');
    await seeText(page, 'plan', /-.*mapping=igpu-vf/);
    await press(page, 'Apply');
    await seeText(page, 'has', 'This guest has no slice of an Intel GPU.');
    expect(served.config(101)).toBe(before);
    expect(tab.faults).toEqual([]);
  });

  test('an administrator shares the render node with a container', async () => {
    const { served, tab } = await open({}, { selected: 'lxc/200' });
    const { page } = tab;
    await chooseTab(page, 'iGPU');
    await seeRow(page, 'could', /render/i);
    await chooseRow(page, 'could', 'render');
    await press(page, 'Assign');
    await press(page, 'Apply');
    await seeRow(page, 'has', /render node \| dev0/);
    expect(served.config(200)).toMatch(/^dev0: \/dev\/dri\/renderD128/m);
    expect(tab.faults).toEqual([]);
  });

  test('a VM user gives his own VM a slice of the pool with his own rights, and nothing that root alone may set', async () => {
    const { served, tab, as } = await open({ typed: VFS }, { selected: 'qemu/101', persona: 'vm-user' });
    const { page } = tab;
    await chooseTab(page, 'iGPU');
    await seeRow(page, 'could', /VF 1, always the same .*\| The node has to be changed first/);
    await chooseRow(page, 'could', 'always the same');
    expect(await isOffered(page, 'Assign')).toBe(false);
    await chooseRow(page, 'could', 'Any free VF, from the pool');
    await press(page, 'Assign');
    await press(page, 'Apply');
    await seeRow(page, 'has', /mapping=igpu-vf/);
    expect(served.config(101)).toMatch(/^hostpci0: mapping=igpu-vf/m);
    expect(served.config(101)).not.toMatch(/^hookscript/m);
    expect(tab.faults).toEqual([]);

    const other = await as({ selected: 'qemu/100', persona: 'vm-user', expected: [403] });
    await chooseTab(other.page, 'iGPU');
    await seeText(other.page, 'pveigpu-notice', 'No permission');
    expect(await isOffered(other.page, 'Assign')).toBe(false);
    expect(other.faults).toEqual([]);
  });

  test('an auditor without rights on the guest is told so', async () => {
    const { served, tab } = await open({ typed: VFS }, { selected: 'qemu/101', persona: 'auditor', expected: [403] });
    const before = served.config(101);
    await chooseTab(tab.page, 'iGPU');
    await seeText(tab.page, 'pveigpu-notice', /VM\.Audit/);
    for (const name of ['Assign', 'Remove', 'Verify']) expect(await isOffered(tab.page, name)).toBe(false);
    expect(served.config(101)).toBe(before);
    expect(tab.faults).toEqual([]);
  });

  test('who has no rights at all has no tab', async () => {
    const { tab } = await open({}, { selected: 'qemu/101', persona: 'nobody' });
    expect(await tabTitles(tab.page)).not.toContain('iGPU');
  });

  test('a change by somebody else meanwhile is refused by PVE, said, and leaves nothing', async () => {
    const { served, tab } = await open({ typed: VFS }, { selected: 'qemu/101', expected: [500, 400, 409, 412, 596] });
    const { page } = tab;
    await chooseTab(page, 'iGPU');
    await chooseRow(page, 'could', 'Any free VF, from the pool');
    await press(page, 'Assign');
    await seeText(page, 'plan', /mapping=igpu-vf/);
    await served.machine.host.run(['qm', 'set', '101', '--memory', '1234'], { timeoutMs: 60_000 });
    const changed = served.config(101);
    await press(page, 'Apply');
    await seeText(page, 'plan-notice', 'file change by other user');
    expect(served.config(101)).toBe(changed);
    await part(page, 'submit');
    expect(await isOffered(page, 'Apply')).toBe(false);
    expect(tab.faults).toEqual([]);
  });

  test('a look inside says what works there', async () => {
    const { tab } = await open({ typed: [...VFS, 'assign 101 --yes', 'qm start 101'] }, { selected: 'qemu/101' });
    await chooseTab(tab.page, 'iGPU');
    await seeRow(tab.page, 'has', /mapping=igpu-vf/);
    await press(tab.page, 'Verify');
    await expect
      .poll(async () => await (await part(tab.page, 'result')).innerText(), { timeout: 20_000 })
      .toMatch(/The GPU (?:works|does not work) in this guest|Not everything could be measured/);
    expect(await button(tab.page, 'Close').count()).toBe(1);
  });

  test('names that are markup are shown as text', async () => {
    const { served, tab } = await open(
      {
        typed: VFS,
        prepare: ({ node }) => {
          const path = '/etc/pve/nodes/pve/qemu-server/101.conf';
          const { tree } = node.machine;
          tree.setFile(path, (tree.text(path) ?? '').replace(/^name: .*$/m, `name: ${HOSTILE}`));
        },
      },
      { selected: 'qemu/101' },
    );
    expect(served.config(101)).toContain(HOSTILE);
    await chooseTab(tab.page, 'iGPU');
    await chooseRow(tab.page, 'could', 'Any free VF, from the pool');
    await press(tab.page, 'Assign');
    await seeText(tab.page, 'plan', /mapping=igpu-vf/);
    expect(await tab.page.locator('img[src="x"]').count()).toBe(0);
    expect(await tab.page.evaluate('window.hacked')).toBeUndefined();
    expect(tab.faults).toEqual([]);
  });
});
