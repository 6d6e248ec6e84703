// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';

const GOLDEN = resolve(import.meta.dirname, '..', 'golden');

/** Compares a text with `test/golden/<name>`; with UPDATE_GOLDEN=1 writes it instead. Fails with a unified diff. */
export function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  if (!existsSync(path))
    throw new Error(`There is no golden file ${name}. Run with UPDATE_GOLDEN=1 to write it, then review it.`);
  const expected = readFileSync(path, 'utf8');
  if (expected === text) return;
  const patch = createTwoFilesPatch(`golden/${name}`, 'now', expected, text, '', '', { context: 3 });
  throw new Error(`${name} differs from its golden file (UPDATE_GOLDEN=1 rewrites it):\n${patch}`);
}

/** Compares a value, as JSON with two spaces, with `test/golden/<name>`. */
export function expectGoldenJson(name: string, value: unknown): void {
  expectGolden(name, `${JSON.stringify(value, null, 2)}\n`);
}
