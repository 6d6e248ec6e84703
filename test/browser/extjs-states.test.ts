// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { button, chooseTab, isOffered, part, press, seeRow, seeText, tabTitles } from './pve-shell/ext-page.ts';
import { shellCases } from './pve-shell/open-case.ts';

const open = shellCases();
const ALL_VIEWS = ['iGPU', 'Findings', 'History', 'ROM files', 'Usage'];

test('no permission on this node, although PVE says that there is one somewhere', async () => {
  const caps = { nodes: { 'Sys.Audit': 1 }, vms: {}, mapping: {} };
  const { tab } = await open({}, { persona: 'nobody', caps, expected: [403] });
  for (const view of ALL_VIEWS) {
    await chooseTab(tab.page, view);
    await seeText(tab.page, 'pveigpu-notice', 'No permission');
    await seeText(tab.page, 'pveigpu-notice', /Sys\.Audit/);
  }
  expect(await button(tab.page, 'Set up').count()).toBe(0);
  expect(tab.faults).toEqual([]);
});

test('no service: said with what to look at, and the tab comes back by itself when the service does', async () => {
  const { tab } = await open({}, { expected: [503] });
  const { page } = tab;
  await page.context().route('**/pveigpu/**', async (route) => {
    await route.fulfill({ status: 503, json: { data: null, message: 'pveigpu.service cannot be reached: Connection refused' } });
  });
  await chooseTab(page, 'iGPU');
  await seeText(page, 'pveigpu-notice', 'pveigpu does not answer');
  await seeText(page, 'pveigpu-notice', 'Connection refused');
  await seeText(page, 'pveigpu-notice', 'systemctl status pveigpu');
  await page.context().unroute('**/pveigpu/**');
  await seeRow(page, 'modes', 'Virtual functions');
  expect(tab.faults).toEqual([]);
});

test('a node out of reach, and a ticket that is too old', async () => {
  const { tab } = await open({}, { expected: [595, 401] });
  const { page } = tab;
  let status = 595;
  await page.context().route('**/pveigpu/**', async (route) => {
    await route.fulfill({ status, json: { data: null, message: 'no' } });
  });
  await chooseTab(page, 'History');
  await seeText(page, 'pveigpu-notice', 'The node cannot be reached');
  status = 401;
  await press(page, 'Reload');
  await seeText(page, 'pveigpu-notice', 'Log in again');
  expect(tab.faults).toEqual([]);
});

test('loading is said while nothing has come', async () => {
  const { tab } = await open({});
  const { page } = tab;
  await page.context().route('**/pveigpu/findings*', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await chooseTab(page, 'Findings');
  await page.locator('.x-mask-msg', { hasText: 'Loading...' }).first().waitFor();
  await part(page, 'findings');
  await expect.poll(async () => await page.locator('.x-mask-msg:visible').count(), { timeout: 15_000 }).toBe(0);
});

test('hardware that cannot be divided', async () => {
  const { tab } = await open({ profile: 'broadwell' });
  await chooseTab(tab.page, 'iGPU');
  await seeRow(tab.page, 'modes', /Virtual functions \(SR-IOV\) .*\| No \|/);
  expect(tab.faults).toEqual([]);
});

test('a node without an Intel GPU', async () => {
  const { tab } = await open({ profile: 'no-igpu' });
  await chooseTab(tab.page, 'iGPU');
  await seeText(tab.page, 'pveigpu-notice', 'No Intel GPU on this node');
  expect(await isOffered(tab.page, 'Set up')).toBe(false);
  expect(tab.faults).toEqual([]);
});

test('two GPUs: each has its own table, and the wizard asks which', async () => {
  const { tab } = await open({ profile: 'arc-pro' });
  await chooseTab(tab.page, 'iGPU');
  await seeText(tab.page, 'modes', /Battlemage G21 \[Arc Pro B50\]/);
  await seeText(tab.page, 'modes', /Raptor Lake-S GT1/);
  await press(tab.page, 'Set up');
  const chooser = await part(tab.page, 'gpu');
  await chooser.locator('.x-form-trigger').click();
  await tab.page.locator('.x-boundlist-item', { hasText: 'Arc Pro B50' }).click();
  await press(tab.page, 'Next');
  await expect.poll(async () => await isOffered(tab.page, 'Back')).toBe(true);
  expect(tab.faults).toEqual([]);
});

test('German', async () => {
  const { tab } = await open({}, { lang: 'de' });
  expect(await tabTitles(tab.page)).toEqual(expect.arrayContaining(['iGPU', 'Befunde', 'Verlauf', 'ROM-Dateien', 'Auslastung']));
  await chooseTab(tab.page, 'iGPU');
  await seeRow(tab.page, 'modes', /Virtuelle Funktionen \(SR-IOV\).*empfohlen/);
  expect(await button(tab.page, 'Einrichten').count()).toBe(1);
  expect(tab.faults).toEqual([]);
});
