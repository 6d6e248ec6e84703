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

/** What each excerpt proves about SR-IOV, said apart from the golden files: answer, backend, and one reason by its id. */
const PROVEN: readonly (readonly [capture: string, answer: string, backend: string | undefined, reason: string])[] = [
  ['01', 'no', undefined, 'sriov.no-flag-for-id'],
  ['04', 'setup', 'i915-dkms', 'sriov.no-driver'],
  ['06', 'now', 'i915-dkms', 'sriov.vfs-exist'],
  ['07', 'now', 'i915-dkms', 'sriov.pf-ready'],
  ['08', 'setup', 'i915-dkms', 'sriov.max-vfs-ignored'],
  ['09', 'now', 'i915-dkms', 'sriov.pf-ready'],
  ['10', 'setup', 'xe-dkms', 'dkms.other-base'],
  ['11', 'now', 'xe', 'sriov.vfs-exist'],
  ['12', 'setup', 'i915-dkms', 'sriov.stock-i915'],
  ['13', 'now', 'xe-dkms', 'sriov.host-driver-on-vfs'],
  ['14', 'now', 'xe-dkms', 'sriov.pf-ready'],
  ['15', 'unknown', 'i915-dkms', 'sriov.stock-i915'],
  ['16', 'now', 'i915-dkms', 'sriov.vfs-exist'],
  ['17', 'now', 'i915-dkms', 'sriov.pf-ready'],
  ['18', 'now', 'i915-dkms', 'sriov.host-driver-on-vfs'],
  ['19', 'no', undefined, 'sriov.no-mmio'],
  ['20', 'no', undefined, 'sriov.dkms-in-vain'],
  ['22', 'no', undefined, 'sriov.dkms-in-vain'],
  ['25', 'no', undefined, 'sriov.forced'],
  ['26', 'no', undefined, 'sriov.no-capability'],
  ['27', 'setup', 'i915-dkms', 'dkms.not-built'],
  ['28', 'now', 'i915-dkms', 'sriov.vf-state-not-saved'],
  ['29', 'now', 'i915-dkms', 'sriov.host-driver-on-vfs'],
  ['36', 'now', 'xe-dkms', 'sriov.flag-withdrawn'],
];

describe('what the excerpts prove', () => {
  test.each(PROVEN)('%s: %s', async (number, answer, backend, reason) => {
    const name = names.find((candidate) => candidate.startsWith(number)) ?? '';
    const { capture } = (await import(join(FOLDER, `${name}.ts`))) as { capture: Capture };
    const sriov = judge(capture.facts).gpus[0]?.modes.find((mode) => mode.mode === 'sriov');
    expect(sriov?.readiness ?? sriov?.answer).toBe(answer);
    expect(sriov?.backend).toBe(backend);
    expect(sriov?.reasons.map((item) => item.id)).toContain(reason);
  });
});
