// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { chooseTab, seeText, tabTitles } from './pve-shell/ext-page.ts';
import { shellCases } from './pve-shell/open-case.ts';

const open = shellCases();
const PVES_OWN = ['Summary', 'Notes', 'Shell', 'System', 'Network', 'Task History', 'Subscription'];
const VIEWS = ['iGPU', 'Findings', 'History', 'ROM files', 'Usage'];

/** PVE's own tabs are there, can be chosen and show their cards. */
async function pveWorks(page: Page): Promise<void> {
  expect(await tabTitles(page)).toEqual(expect.arrayContaining(PVES_OWN));
  for (const title of ['Network', 'Notes', 'Summary']) await chooseTab(page, title);
  await page.locator('p', { hasText: 'Summary' }).waitFor();
}

test.each([
  ['is no JavaScript', 'this is } no script'],
  ['throws at once', 'throw new Error("broken")'],
])('our file %s', async (_what, script) => {
  const { tab } = await open({}, { plugin: `data:text/javascript,${encodeURIComponent(script)}` });
  await pveWorks(tab.page);
  expect(await tabTitles(tab.page)).not.toContain('iGPU');
});

/** A PVE that is not as we know it while our file is read; the stand-in itself needs what it had. */
const without = (owner: string, name: string) =>
  `{ const kept = ${owner}.${name}; delete ${owner}.${name}; Ext.onReady(() => { ${owner}.${name} = kept; }); }`;

test.each([
  ['has no PVE.panel.Config', without('PVE.panel', 'Config')],
  ['puts tabs in by another name', without('PVE.panel.Config.prototype', 'insertNodes')],
  ['defines classes in another way', without('Ext', 'define')],
  ['has other task descriptions', 'Proxmox.Utils.override_task_descriptions = () => { throw new Error("changed"); };'],
])('PVE %s', async (_what, before) => {
  const { tab } = await open({}, { before });
  await pveWorks(tab.page);
  expect(tab.faults).toEqual([expect.stringMatching(/^pveigpu: start:/)]);
});

test('a card of ours that cannot be made says so, and the cards of PVE go on', async () => {
  const { tab } = await open({});
  const { page } = tab;
  await page.evaluate("Object.defineProperty(Proxmox, 'defaultLang', { get() { throw new Error('broken'); } })");
  for (const view of VIEWS) {
    await chooseTab(page, view);
    await page.getByText('pveigpu could not show this tab').waitFor();
  }
  await pveWorks(page);
  expect(tab.faults.every((fault) => fault.startsWith('pveigpu: '))).toBe(true);
});

test('answers of another form than was agreed', async () => {
  const { tab } = await open({});
  const { page } = tab;
  let body = '';
  await page.context().route('**/pveigpu/**', async (route) => await route.fulfill({ contentType: 'application/json', body }));
  for (body of ['{"data":{}}', '{"data":null}', '[]', 'no json', '{"data":{"gpus":[{}],"runs":[{}],"roms":[null],"may":{}}}'])
    for (const view of VIEWS) {
      await chooseTab(page, view);
      await seeText(page, 'pveigpu-notice', 'This did not work');
    }
  await pveWorks(page);
  await page.context().unroute('**/pveigpu/**');
  await chooseTab(page, 'Usage');
  await seeText(page, 'usage', 'intel_gpu_top');
  expect(tab.faults).toEqual([]);
});
