// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import type { Io } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { type Simulated, simulated } from '../app/simulated.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pveigpu-selftest-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Types a line; `onOut` sees what is printed as it comes. */
async function typed(node: Simulated, line: string, onOut: (text: string) => void = () => {}) {
  let [out, err] = ['', ''];
  const io: Io = {
    out: (text) => {
      out += text;
      onOut(text);
    },
    err: (text) => {
      err += text;
    },
    colour: false,
    columns: 100,
    interactive: false,
    confirm: async () => false,
  };
  const code = await runCommandLine(line.split(' '), COMMANDS, io, async () => node.context, '1.2.3');
  return { code, out, err };
}

test('all rounds fine: 0, a line for each, and the report', async () => {
  const { code, out } = await typed(simulated('raptor-lake-s'), 'selftest --rounds 2 --yes');
  expect(code).toBe(0);
  expect(out).toContain('round 2: VF 1 (0000:00:02.1): fine\n');
  expect(out).toContain('result: passed, 2 of 2 rounds');
});

test('SR-IOV does not work here: 6 and the reason, nothing is made', async () => {
  const node = simulated('rocket-lake');
  const before = node.lasting();
  const { code, err } = await typed(node, 'selftest --yes');
  expect(code).toBe(6);
  expect(err).toContain('no SR-IOV');
  expect(node.lasting()).toEqual(before);
});

test('guests cannot be seen: 7', async () => {
  const errno = (operation: string, path: string) => (operation === 'list' && path.endsWith('qemu-server') ? 'EIO' : undefined);
  expect((await typed(simulated('raptor-lake-s', { faults: { errno } }), 'selftest --yes')).code).toBe(7);
});

test('nobody agreed: nothing is made', async () => {
  const node = simulated('raptor-lake-s');
  const before = node.lasting();
  expect((await typed(node, 'selftest')).code).toBe(2);
  expect((await typed(node, 'selftest --json')).code).toBe(2);
  expect((await typed(node, 'selftest --dry-run')).code).toBe(0);
  expect((await typed(node, 'selftest --rounds 0 --yes')).code).toBe(2);
  expect(node.lasting()).toEqual(before);
});

test('--json prints one value', async () => {
  const { code, out } = await typed(simulated('raptor-lake-s'), 'selftest --rounds 1 --yes --json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ format: 1, kind: 'selftest', verdict: 'passed', asked: 1, leftOver: [] });
});

test('--report writes a file for nobody else to read, and never over another', async () => {
  const file = join(folder, 'report.txt');
  const node = simulated('raptor-lake-s');
  expect((await typed(node, `selftest --rounds 1 --yes --report ${file}`)).code).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^pveigpu selftest report, format 1\n/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const before = node.lasting();
  const again = await typed(node, `selftest --rounds 1 --yes --report ${file}`);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('exists already')]);
  expect(again.out).not.toContain('round 1');
  expect(node.lasting()).toEqual(before);
  expect((await typed(node, `selftest --rounds 1 --yes --force --report ${file}`)).code).toBe(0);
  const nowhere = join(folder, 'no', 'report.txt');
  expect((await typed(node, `selftest --rounds 1 --yes --report ${nowhere}`)).code).toBe(1);
  expect(existsSync(nowhere)).toBe(false);
});

test('Ctrl-C: no further round, everything is taken away, 7, and the signal is given back', async () => {
  const node = simulated('raptor-lake-s');
  const before = node.lasting();
  const listeners = process.listenerCount('SIGINT');
  const { code, out, err } = await typed(node, 'selftest --rounds 9 --yes', (text) => {
    if (text.startsWith('round 2')) process.listeners('SIGINT').at(-1)?.('SIGINT');
  });
  expect(code).toBe(7);
  expect(err).toContain('Stopping');
  expect(out).toContain('result: not measured, 2 of 9 rounds, stopped by the user');
  expect(node.lasting()).toEqual(before);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});
