// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { FINDINGS } from '../../../src/core/doctor/table.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

test('docs/findings.md is what "npm run findings" writes, and has every finding', () => {
  const made = execFileSync(process.execPath, [resolve(ROOT, 'scripts/build-findings.mjs'), '--print'], { encoding: 'utf8' });
  const page = readFileSync(resolve(ROOT, 'docs/findings.md'), 'utf8');
  expect(page === made, 'docs/findings.md is out of date: npm run findings').toBe(true);
  expect(FINDINGS.length).toBeGreaterThanOrEqual(60);
  expect(FINDINGS.filter(({ id }) => !page.includes(`\`${id}\` | `)).map(({ id }) => id)).toEqual([]);
  const rows = page.match(/^\| <a id=/gm) ?? [];
  expect(rows).toHaveLength(FINDINGS.length);
});
