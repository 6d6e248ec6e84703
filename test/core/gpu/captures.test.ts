// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/core/gpu/judge.ts';
import { verdictLines } from '../../../src/core/gpu/verdict-text.ts';
import type { Capture } from '../../support/facts.ts';
import { expectGolden, expectGoldenJson } from '../../support/golden.ts';

const FOLDER = resolve(import.meta.dirname, '../../fixtures/captures');
const GOLDEN = resolve(import.meta.dirname, '../../golden/verdict');
const names = readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''));

describe('what is said about real machines', () => {
  test('all 36 captures are here', () => {
    expect(names).toHaveLength(36);
    const golden = readdirSync(GOLDEN).filter((file) => /^\d/.test(file));
    expect(golden.sort()).toEqual(names.flatMap((name) => [`${name}.json`, `${name}.txt`]).sort());
  });

  test.each(names)('%s', async (name) => {
    const { capture } = (await import(join(FOLDER, `${name}.ts`))) as { capture: Capture };
    expect(capture.source).toMatch(/^https:\/\//);
    const verdict = judge(capture.facts);
    expectGolden(`verdict/${name}.txt`, `# ${capture.source}\n# ${capture.shows}\n\n${verdictLines(verdict).join('\n')}\n`);
    expectGoldenJson(`verdict/${name}.json`, verdict);
  });
});
