// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { allScenarios, runScenario } from './run-scenario.ts';

describe('kernel scenarios', () => {
  const scenarios = allScenarios();

  test('there are some', () => {
    expect(scenarios.length).toBeGreaterThan(25);
  });

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    await runScenario(scenario);
  });
});
