// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { seriousFindings, type Tab } from './chromium.ts';
import { chooseRow, chooseTab, closeWindow, part, press, seeRow, seeText } from './pve-shell/ext-page.ts';
import { shellCases } from './pve-shell/open-case.ts';

const open = shellCases();
/** Ignored by git; those of docs/pictures are copies. */
const PICTURES = resolve(import.meta.dirname, '../../.cache/pictures');
mkdirSync(PICTURES, { recursive: true });

const TYPED = [
  'vf create 4 --yes',
  'assign 101 --yes',
  'assign 100 --vf 3 --yes',
  'assign 200 --yes',
  'qm start 101',
  'qm start 100',
];

/** The same everywhere in PVE: ExtJS's guards of the tab order and splitters, and the blue of the theme's titles and buttons. */
const PVES_OWN = ['.x-tab-guard', '.x-splitter', '.x-title-text', '.x-btn-inner-default-small'];
/** ExtJS puts the rows of a grid below a view with a tab stop of its own, which axe does not know. */
const GRID_OF_EXTJS = /^aria-required-children: #(?:grid|tableview)-/;

/** Keeps a picture and lets axe look at what is ours; the rest of the page is PVE's. */
async function look(page: Page, name: string, within: string): Promise<void> {
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${PICTURES}/${name}.png` });
  const found = await seriousFindings(page, { include: [within], exclude: PVES_OWN });
  expect(
    found.filter((one) => !GRID_OF_EXTJS.test(one)),
    name,
  ).toEqual([]);
}

describe.each(['crisp', 'proxmox-dark'] as const)('%s', (theme) => {
  const colours = async ({ page }: Tab): Promise<string> => {
    return await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--pveigpu-scheme')");
  };

  test('the tabs of a node', async () => {
    const { tab } = await open({ typed: TYPED }, { theme });
    const { page } = tab;
    expect((await colours(tab)).trim()).toBe(theme === 'crisp' ? 'light' : 'dark');
    await chooseTab(page, 'iGPU');
    await seeRow(page, 'modes', 'Virtual functions');
    await (await part(page, 'slices')).getByRole('option', { name: /VF 1/ }).click();
    await look(page, `node-${theme}`, '.pveigpu-card');
    for (const [title, item] of [
      ['Findings', 'findings'],
      ['History', 'runs'],
      ['ROM files', 'roms'],
      ['Usage', 'usage'],
    ] as const) {
      await chooseTab(page, title);
      await part(page, item);
      await expect.poll(async () => await page.locator('.x-mask-msg:visible').count(), { timeout: 15_000 }).toBe(0);
      await look(page, `node-${item}-${theme}`, '.pveigpu-card');
    }
    expect(tab.faults).toEqual([]);
  });

  test('the wizard', async () => {
    const { tab } = await open({ profile: 'raptor-lake-s-untouched' }, { theme });
    const { page } = tab;
    await chooseTab(page, 'iGPU');
    await press(page, 'Set up');
    await look(page, `wizard-mode-${theme}`, '.pveigpu-window');
    await page.getByRole('radio', { name: /Virtual functions/ }).check({ force: true });
    await press(page, 'Next');
    await seeText(page, 'plan', '/etc/modprobe.d/pveigpu.conf');
    await look(page, `wizard-plan-${theme}`, '.pveigpu-window');
    expect(tab.faults).toEqual([]);
  });

  test('the tab of a guest', async () => {
    const { tab } = await open({ typed: TYPED }, { theme, selected: 'qemu/101' });
    const { page } = tab;
    await chooseTab(page, 'iGPU');
    await seeRow(page, 'has', 'mapping=igpu-vf');
    await look(page, `guest-${theme}`, '.pveigpu-card');
    await press(page, 'Verify');
    await expect.poll(async () => await (await part(page, 'result')).innerText(), { timeout: 20_000 }).not.toBe('');
    await look(page, `guest-verify-${theme}`, '.pveigpu-window');
    await closeWindow(page);

    await page.locator('.x-tree-node-text', { hasText: '102 (win11)' }).click();
    await chooseTab(page, 'iGPU');
    await chooseRow(page, 'could', 'Any free VF, from the pool');
    await press(page, 'Assign');
    await seeText(page, 'plan', /mapping=igpu-vf/);
    await look(page, `guest-plan-${theme}`, '.pveigpu-window');
    expect(tab.faults).toEqual([]);
  });
});

test('everything can be reached by the keyboard', async () => {
  const { tab } = await open({ typed: ['vf create 2 --yes'] });
  const { page } = tab;
  await chooseTab(page, 'iGPU');
  const options = (await part(page, 'slices')).getByRole('option');
  await options.first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await options.nth(2).getAttribute('aria-selected')).toBe('true');
  await page.locator('.x-btn', { hasText: 'Set up' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: /Virtual functions/ }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await expect.poll(async () => await page.locator('.x-window:visible').count()).toBe(0);
  expect(tab.faults).toEqual([]);
});
