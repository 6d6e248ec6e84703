// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/rig/summary-reporter.ts';

/** Where CI wants the results as JSON. */
const report = process.env.RIG_REPORT;

/** The rig's cases: one machine at a time, in the order of the files. */
export default defineConfig({
  test: {
    include: ['test/rig/cases/**/*.case.ts'],
    globalSetup: ['test/rig/global-setup.ts'],
    reporters: report === undefined ? ['default', new SummaryReporter()] : ['default', new SummaryReporter(), 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 600_000,
  },
});
