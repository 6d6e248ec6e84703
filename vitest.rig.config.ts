// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/rig/longest-first.ts';
import { SummaryReporter } from './test/rig/summary-reporter.ts';

/** Where CI wants the results as JSON. */
const report = process.env.RIG_REPORT;

/** Boots with systemd: the product's own limits in seconds are tried there, so nothing else may run meanwhile. */
const BOOTS = ['test/rig/cases/boot-vfs.case.ts', 'test/rig/cases/grub.case.ts'];

/** The rig's cases: two machines at a time, since one without acceleration keeps little more than one core busy, then the boots. */
export default defineConfig({
  test: {
    reporters: report === undefined ? ['default', new SummaryReporter()] : ['default', new SummaryReporter(), 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
    globalSetup: ['test/rig/global-setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 600_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...{ name: 'machines', include: ['test/rig/cases/**/*.case.ts'], exclude: BOOTS, maxWorkers: 2 },
          ...{ testTimeout: 240_000, hookTimeout: 600_000, sequence: { groupOrder: 0 } },
        },
      },
      {
        test: {
          ...{ name: 'boots', include: BOOTS, maxWorkers: 1 },
          ...{ testTimeout: 240_000, hookTimeout: 600_000, sequence: { groupOrder: 1 } },
        },
      },
    ],
  },
});
