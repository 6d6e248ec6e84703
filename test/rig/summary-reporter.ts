// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Reporter, TestCase, TestModule } from 'vitest/node';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly boot: number | undefined;
  readonly seconds: number;
}

/** Prints one table at the end: case, result, boot of its machine, time of the case, and the sum. */
export class SummaryReporter implements Reporter {
  readonly #start = Date.now();

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) => [...module.children.allTests()].map(row));
    const width = Math.max(4, ...rows.map(({ name }) => name.length));
    const line = (name: string, state: string, boot: string, total: string) =>
      `${name.padEnd(width)}  ${state.padEnd(7)}  ${boot.padStart(7)}  ${total.padStart(7)}`;
    const seconds = (value: number | undefined) => (value === undefined ? '-' : `${value.toFixed(1)} s`);
    const table = rows.map(({ name, state, boot, seconds: total }) => line(name, state, seconds(boot), seconds(total)));
    const skipped = rows.filter(({ state }) => state === 'skipped').length;
    const total = `${rows.length} cases, ${skipped} skipped, ${((Date.now() - this.#start) / 1000).toFixed(0)} s with boots and build`;
    console.log(['', line('case', 'result', 'boot', 'total'), ...table, '', total].join('\n'));
  }
}

function row(test: TestCase): Row {
  const meta = test.meta() as { readonly bootSeconds?: number };
  return {
    name: test.fullName,
    state: test.result().state,
    boot: meta.bootSeconds,
    seconds: (test.diagnostic()?.duration ?? 0) / 1000,
  };
}
