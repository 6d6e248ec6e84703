// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/rig/longest-first.ts';
import { SummaryReporter } from './test/rig/summary-reporter.ts';

/** Where CI wants the results as JSON. */
const report = process.env.RIG_REPORT;

/** The rig's cases: two machines at a time, since one without acceleration keeps little more than one core busy. */
export default defineConfig({
  test: {
    reporters: report === undefined ? ['default', new SummaryReporter()] : ['default', new SummaryReporter(), 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
    include: ['test/rig/cases/**/*.case.ts'],
    globalSetup: ['test/rig/global-setup.ts'],
    maxWorkers: 2,
    // Only so that a case that hangs ends: nothing is proved by how long a busy host takes.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    sequence: { sequencer: LongestFirst },
  },
});
