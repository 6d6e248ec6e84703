// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Chooses a tab in PVE's list on the left. */
export async function chooseTab(page: Page, title: string): Promise<void> {
  await page.locator('.x-treelist-item-text', { hasText: new RegExp(`^${title}$`) }).click();
}

/** Titles of the tabs in PVE's list, in their order. */
export async function tabTitles(page: Page): Promise<readonly string[]> {
  await page.locator('.x-treelist-item-text').first().waitFor();
  return await page.locator('.x-treelist-item-text').allInnerTexts();
}

/** A visible component of ExtJS by its itemId; waits until there is one. */
export async function part(page: Page, itemId: string): Promise<Locator> {
  const found = `(Ext.ComponentQuery.query('#${itemId}').find((one) => one.rendered && one.isVisible(true)) ?? {}).id`;
  const id = await page.waitForFunction(found);
  return page.locator(`[id="${await id.jsonValue()}"]`);
}

/** Texts of the rows of a grid, cells parted by " | ". */
export async function rows(page: Page, itemId: string): Promise<readonly string[]> {
  const all = await (await part(page, itemId)).locator('.x-grid-row').all();
  return await Promise.all(
    all.map(async (row) => {
      const cells = await row.locator('.x-grid-cell-inner').allInnerTexts();
      return cells.map((text) => text.trim().replaceAll(/\s*\n\s*/g, ' / ')).join(' | ');
    }),
  );
}

/** Waits until a grid has a row with this text. */
export async function seeRow(page: Page, itemId: string, text: string | RegExp): Promise<void> {
  await expect
    .poll(async () => (await rows(page, itemId)).join('\n'), { timeout: 15_000 })
    .toMatch(text instanceof RegExp ? text : new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')));
}

/** Selects the row of a grid that has this text. */
export async function chooseRow(page: Page, itemId: string, text: string): Promise<void> {
  await (await part(page, itemId)).locator('.x-grid-row', { hasText: text }).first().click();
}

/** Waits until a component shows this text; looks into shadow trees too. */
export async function seeText(page: Page, itemId: string, text: string | RegExp): Promise<void> {
  await (await part(page, itemId)).getByText(text).first().waitFor({ timeout: 20_000 });
}

/** A visible button by what it says. Its accessible name has the private character of its icon too, as in all of PVE. */
export function button(page: Page, name: string): Locator {
  return page.locator('.x-btn', { hasText: new RegExp(`^\\s*${name}\\s*$`) }).filter({ visible: true });
}

/** Waits until a button can be used, and uses it. */
export async function press(page: Page, name: string): Promise<void> {
  await expect.poll(async () => await isOffered(page, name), { timeout: 15_000, message: `button ${name}` }).toBe(true);
  await button(page, name).last().click();
}

/** Whether a button is there and not greyed out. */
export async function isOffered(page: Page, name: string): Promise<boolean> {
  const all = await button(page, name).all();
  const last = all.at(-1);
  return last !== undefined && (await last.getAttribute('aria-disabled')) !== 'true';
}

/** Waits until PVE's task window says how the task ended; answers its log. */
export async function taskLog(page: Page): Promise<string> {
  const log = await part(page, 'log');
  await expect.poll(async () => await log.innerText(), { timeout: 30_000 }).toMatch(/TASK (?:OK|ERROR)/);
  return await log.innerText();
}

/** Closes the topmost window by its cross. */
export async function closeWindow(page: Page): Promise<void> {
  await page.locator('.x-window .x-tool-close').last().click();
}
