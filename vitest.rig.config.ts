// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/rig/longest-first.ts';
import { SummaryReporter } from './test/rig/summary-reporter.ts';

/** Where CI wants the results as JSON. */
const report = process.env.RIG_REPORT;

/** The rig's cases: two machines at a time, since one without acceleration keeps little more than one core busy. */
export default defineConfig({
  test: {
    include: ['test/rig/cases/**/*.case.ts'],
    globalSetup: ['test/rig/global-setup.ts'],
    reporters: report === undefined ? ['default', new SummaryReporter()] : ['default', new SummaryReporter(), 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
    sequence: { sequencer: LongestFirst },
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 600_000,
  },
});
