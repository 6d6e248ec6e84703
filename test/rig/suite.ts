// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { LongestFirst } from './longest-first.ts';
import { SummaryReporter } from './summary-reporter.ts';

/** Where CI wants the results as JSON. */
const report = process.env.RIG_REPORT;

/** The cases of a folder of the rig: two machines at a time, since one without acceleration keeps little more than one core busy. */
export function rigSuite(folder: 'cases' | 'setup-cases'): ViteUserConfig {
  return defineConfig({
    test: {
      reporters: report === undefined ? ['default', new SummaryReporter()] : ['default', new SummaryReporter(), 'json'],
      ...(report === undefined ? {} : { outputFile: { json: report } }),
      include: [`test/rig/${folder}/**/*.case.ts`],
      globalSetup: ['test/rig/global-setup.ts'],
      maxWorkers: 2,
      // Only so that a case that hangs ends: nothing is proved by how long a busy host takes.
      testTimeout: 3_600_000,
      hookTimeout: 3_600_000,
      sequence: { sequencer: LongestFirst },
    },
  });
}
