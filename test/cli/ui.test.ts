// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { INDEX_TEMPLATE, UI_SCRIPT } from '../../src/core/ui/index-template.ts';
import { simulated } from '../app/simulated.ts';
import { PAGE } from '../core/ui/page.ts';
import { jsonOf, typed } from './command-line.ts';

function withPage() {
  const machine = simulated('no-igpu');
  const { tree } = machine.node.machine;
  tree.setFile(INDEX_TEMPLATE, PAGE);
  tree.setDirectory('/usr/share/pve-manager/js');
  return { machine, tree };
}

test('scripts hear nothing, however often they ask', async () => {
  const { machine, tree } = withPage();
  for (const verb of ['install', 'install', 'remove', 'remove', 'install'])
    expect(await typed(machine, `ui ${verb} --quiet`), verb).toMatchObject({ code: 0, out: '', err: '' });
  expect(tree.text(INDEX_TEMPLATE)).toContain('/pve2/js/pveigpu.js?v=');
  expect(tree.text(UI_SCRIPT)?.length).toBeGreaterThan(10_000);
});

test('without the page of Proxmox VE both verbs are harmless', async () => {
  const machine = simulated('no-igpu');
  const before = machine.lasting();
  for (const verb of ['install', 'remove'])
    expect(await typed(machine, `ui ${verb} --quiet`)).toMatchObject({ code: 0, out: '', err: '' });
  expect(machine.lasting()).toEqual(before);
  expect((await typed(machine, 'ui install --yes')).out).toContain('There is no /usr/share/pve-manager/index.html.tpl');
});

test('a page that is not known is a failure that is said, also to scripts', async () => {
  const { machine, tree } = withPage();
  tree.setFile(INDEX_TEMPLATE, '<html></html>');
  const { code, err } = await typed(machine, 'ui install --quiet');
  expect(code).not.toBe(0);
  expect(err).toContain('not as pveigpu knows it');
  expect(tree.text(INDEX_TEMPLATE)).toBe('<html></html>');
});

test('status says what there is', async () => {
  const { machine } = withPage();
  expect(jsonOf(await typed(machine, 'ui status --json'))).toMatchObject({ installed: false, template: 'without-panel' });
  expect((await typed(machine, 'ui install --yes')).code).toBe(0);
  expect(jsonOf(await typed(machine, 'ui status --json'))).toMatchObject({ installed: true, script: 'pveigpu', current: true });
  expect((await typed(machine, 'ui status')).out).toMatch(/loads the panel +written by pveigpu/);
});
