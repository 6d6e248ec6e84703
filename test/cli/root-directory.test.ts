// SPDX-License-Identifier: AGPL-3.0-or-later
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Context } from '../../src/app/context.ts';
import type { Io } from '../../src/cli/io.ts';
import { openMachine } from '../../src/cli/open-machine.ts';
import { typed } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'pveigpu-root-'));
afterAll(() => rmSync(folder, { recursive: true }));

const io: Io = {
  out: () => undefined,
  err: () => undefined,
  colour: false,
  columns: 80,
  interactive: false,
  confirm: async () => false,
};

test('a directory that is not there is a mistake, not a machine without GPU', async () => {
  writeFileSync(join(folder, 'file'), '');
  for (const root of [join(folder, 'nothing'), join(folder, 'file'), ''])
    await expect(openMachine({ root }, io)).rejects.toMatchObject({
      problem: { code: 'usage', message: expect.stringContaining(root) },
    });
});

test('in a directory without /sys nobody says that there is no GPU', async () => {
  const context: Context = await openMachine({ root: folder }, io);
  const { code, out, err } = await typed({ context }, 'status');
  expect(code).toBe(7);
  expect(out).not.toContain('No Intel GPU');
  expect(err).toContain('could not be read: pci: /sys is not mounted');
});
