// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** ACPICA's own tools (Debian acpica-tools), the judge of our tables; without them what needs them is skipped, and counted. */
export const hasAcpica = ['iasl', 'acpiexec'].every((program) => spawnSync(program, ['-v']).status === 0);

/** Longest command line that acpiexec takes for `-b` (ACPICA acpidebug.h, ACPI_DB_LINE_BUFFER_SIZE is 1024 with its end). */
const BATCH_CHARACTERS = 1000;

interface Table {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What `iasl -d` says about each table, and the source that it finds in it. */
export function disassemble(tables: readonly Table[]): readonly { readonly said: string; readonly source: string }[] {
  return within(tables, (folder) =>
    tables.map(({ name }) => {
      const { stdout, stderr, status } = spawnSync('iasl', ['-d', join(folder, name)], { encoding: 'utf8' });
      const source = execFileSync('cat', [join(folder, name.replace(/\.aml$/, '.dsl'))], { encoding: 'utf8' });
      return { said: `${status} ${stdout}${stderr}`, source };
    }),
  );
}

/** What each call (path and arguments) answers when all tables are loaded, the DSDT first: its text as acpiexec prints it. */
export function evaluate(tables: readonly Table[], calls: readonly string[]): readonly string[] {
  return within(tables, (folder) => {
    const files = tables.map(({ name }) => join(folder, name));
    return batches(calls.map((call) => `evaluate ${call}`)).flatMap((batch) => {
      const run = spawnSync('acpiexec', ['-b', batch.join(';'), ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
      const answers = run.stdout.split(/^Evaluating /m).slice(1);
      if (answers.length !== batch.length)
        throw new Error(`acpiexec answered ${answers.length} of ${batch.length}:\n${run.stdout}${run.stderr}`);
      return answers;
    });
  });
}

/** The bytes of a buffer that acpiexec printed; undefined when the answer is none. */
export function bufferIn(answer: string): Uint8Array | undefined {
  const length = /\[Buffer\] Length ([0-9A-F]+) =/.exec(answer)?.[1];
  if (length === undefined) return undefined;
  const lines = answer.matchAll(/(?:^|=) +[0-9A-F]{4,}: ((?:[0-9A-F]{2} )+)/gm);
  const bytes = Array.from(lines, ([, hex = '']) => hex.trim().split(' ')).flat();
  const found = Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16));
  return found.length === Number.parseInt(length, 16) ? found : undefined;
}

function batches(commands: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let length = BATCH_CHARACTERS;
  for (const command of commands) {
    if (length + command.length + 1 > BATCH_CHARACTERS) {
      all.push([]);
      length = 0;
    }
    all.at(-1)?.push(command);
    length += command.length + 1;
  }
  return all;
}

function within<T>(tables: readonly Table[], work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'acpica-'));
  try {
    for (const { name, bytes } of tables) writeFileSync(join(folder, name), bytes);
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
