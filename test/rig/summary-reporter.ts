// SPDX-License-Identifier: AGPL-3.0-or-later
import { basename } from 'node:path';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly boot: number | undefined;
  readonly seconds: number;
}

/** Characters of one failure that are printed: the end of a console says why, and a log of CI may be cut. */
const FAILURE_LENGTH = 1500;

/** Prints one table at the end: case, result, boot of its machine, time of the case, and the sum; then why something failed. */
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
    const said = modules.flatMap(failures);
    console.log(['', line('case', 'result', 'boot', 'total'), ...table, '', ...said, total].join('\n'));
  }
}

/** What failed in one file: cases, and what runs before or after them, whose cases show as skipped. */
function failures(module: TestModule): readonly string[] {
  const suites: readonly (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  const ofSuites = suites.flatMap((suite) => suite.errors().map((error) => why(nameOf(suite), error)));
  const ofCases = [...module.children.allTests()].flatMap((test) =>
    (test.result().errors ?? []).map((error) => why(test.fullName, error)),
  );
  return [...ofSuites, ...ofCases];
}

function nameOf(suite: TestModule | TestSuite): string {
  return suite.type === 'module' ? basename(suite.moduleId) : `${suite.fullName}, before or after its cases`;
}

function why(name: string, { message }: { readonly message: string }): string {
  const text = message.length > FAILURE_LENGTH ? `... ${message.slice(-FAILURE_LENGTH)}` : message;
  return `FAILED ${name}\n${text.replaceAll(/^/gm, '    ')}\n`;
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
