// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { PersonaName } from '../../src/service/demo/personas.ts';
import { openTab, startChromium, type TabOptions } from './chromium.ts';
import { type Served, type ServerOptions, startServer } from './server.ts';

/** A simulated node and the stand-alone page over it. */
export interface PageCase {
  readonly served: Served;
  readonly page: Page;
  /** What the console said as fault; a case ends with none. */
  readonly faults: readonly string[];
  /** A button by its whole name. */
  readonly button: (name: string) => Locator;
  readonly press: (name: string) => Promise<void>;
  /** Waits for a text on the page. */
  readonly see: (text: string | RegExp) => Promise<void>;
  /** Shows another view: `guests/101`. */
  readonly go: (place: string) => Promise<void>;
}

/** What a case wants. */
export interface PageOptions extends ServerOptions, TabOptions {
  /** Lines of pveigpu that were typed before. */
  readonly typed?: readonly string[];
  readonly place?: string;
  readonly persona?: PersonaName;
}

/** A browser for the cases of a file; each case is closed when its test ends. */
export function pageCases(): (options?: PageOptions) => Promise<PageCase> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => await browser?.close());
  return async ({ typed = [], place = 'overview', ...options } = {}) => {
    const served = await startServer(options);
    onTestFinished(async () => await served.close());
    for (const line of typed) await served.type(line);
    const { page, faults, close } = await openTab(browser, options);
    onTestFinished(close);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const go = async (to: string) => void (await page.goto(`${served.address}/#${to}`));
    await go(place);
    return {
      ...{ served, page, faults, button, go },
      press: async (name) => await button(name).click(),
      see: async (text) => await page.getByText(text).first().waitFor(),
    };
  };
}

/** Presses the button of an open plan and waits until its run has ended well. */
export async function applyPlan({ page }: PageCase): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click();
  await dialog.getByText(/^Done\.$|A reboot of the node is needed/).waitFor();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await dialog.waitFor({ state: 'detached' });
}

/** A file of the simulated node. */
export function fileOf({ served }: PageCase, path: string): string | undefined {
  return served.machine.node.machine.tree.text(path);
}

/** That nothing of this name is offered, once the page has been drawn. */
export async function expectNotOffered({ page, button }: PageCase, ...names: readonly string[]): Promise<void> {
  await page.getByRole('main').locator('section, .notice').first().waitFor();
  for (const name of names) expect(await button(name).count(), name).toBe(0);
}
