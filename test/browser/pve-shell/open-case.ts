// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { startChromium, type Tab } from '../chromium.ts';
import { type Served, type ServerOptions, startServer } from '../server.ts';
import { openShell, type ShellOptions } from './open-shell.ts';

/** Does nothing when ExtJS is there already. */
const UNPACK = resolve(import.meta.dirname, '../../../scripts/unpack-extjs.mjs');

/** A simulated node, and PVE's page over it. */
export interface ShellCase {
  readonly served: Served;
  readonly tab: Tab;
  /** Opens the same node as somebody else. */
  readonly as: (shell: ShellOptions) => Promise<Tab>;
}

/** A browser for the tests of a file; each case is closed when its test ends. `typed` is what was done on the node before. */
export function shellCases(): (
  node: ServerOptions & { readonly typed?: readonly string[] },
  shell?: ShellOptions,
) => Promise<ShellCase> {
  let browser: Browser;
  beforeAll(async () => {
    execFileSync(process.execPath, [UNPACK], { stdio: 'inherit' });
    browser = await startChromium();
  });
  afterAll(async () => await browser?.close());
  return async ({ typed = [], ...node }, shell = {}) => {
    const served = await startServer(node);
    onTestFinished(async () => await served.close());
    for (const line of typed) await done(served, line);
    const as = async (other: ShellOptions) => {
      const tab = await openShell(browser, served, other);
      onTestFinished(async () => await tab.close());
      return tab;
    };
    return { served, as, tab: await as(shell) };
  };
}

/** A line of pveigpu, or one of qm and pct. */
async function done(served: Served, line: string): Promise<void> {
  if (!/^(?:qm|pct) /.test(line)) return await served.type(line);
  const [program = '', ...rest] = line.split(' ');
  const ran = await served.machine.host.run([program, ...rest], { timeoutMs: 60_000 });
  if (!ran.ok || ran.value.exitCode !== 0) throw new Error(`${line}: ${JSON.stringify(ran)}`);
}

/** The text of a file of the simulated node. */
export function fileOf({ machine }: Served, path: string): string | undefined {
  return machine.node.machine.tree.text(path);
}
