// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where Debian's package has it. */
export const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--force-color-profile=srgb', '--hide-scrollbars'],
];

/** A page with what it said on the console as fault, and what it threw. */
export interface Tab {
  readonly page: Page;
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export interface TabOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
  readonly locale?: 'en-GB' | 'de-DE';
  /** Statuses of answers that are part of the case: the browser itself says them on the console. */
  readonly expected?: readonly number[];
}

/** Starts Debian's Chromium without a window; each start has a new profile. */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
}

/** A tab of its own: own cookies, size, colour scheme and language. */
export async function openTab(browser: Browser, options: TabOptions = {}): Promise<Tab> {
  const { width = 1024, height = 768, scheme = 'light', locale = 'en-GB', expected = [] } = options;
  const context: BrowserContext = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => void faults.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    const isExpected = expected.some((status) => text.includes(`status of ${status}`));
    if ((message.type() === 'error' || message.type() === 'warning') && !isExpected) faults.push(text);
  });
  return { page, faults, close: async () => await context.close() };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A part of the page by selector, and parts of that which are left out. */
export type AxeWithin = string | { readonly include: readonly string[]; readonly exclude: readonly string[] };

/** Findings of axe-core that are serious or critical, one line each; `within` names a part of the page by selector. */
export async function seriousFindings(page: Page, within?: AxeWithin): Promise<readonly string[]> {
  // through the debugger, so that the page's own policy for scripts does not matter
  await page.evaluate(AXE);
  const results = (await page.evaluate(
    `axe.run(${JSON.stringify(within ?? null)} ?? document, { resultTypes: ['violations'] })`,
  )) as AxeResults;
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target, html }) => `${target.join(' ')} ${html}`).join('; ')}`);
}
