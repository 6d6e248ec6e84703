// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** Builds a program that has `host`, a local Host, into a folder; what it does when it ends or is killed can then be seen. */
export function programWithHost(folder: string, code: string): string {
  const adapter = join(import.meta.dirname, '../../src/adapters/host-local.ts');
  const source = join(folder, `program-${Math.random().toString(36).slice(2)}.ts`);
  writeFileSync(source, `import { localHost } from ${JSON.stringify(adapter)};\nconst host = localHost();\n${code}\n`);
  const outfile = source.replace(/\.ts$/, '.mjs');
  buildSync({ entryPoints: [source], bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'silent' });
  return outfile;
}

/** Runs such a program to its end, which must come by itself, and answers what it printed. */
export function printedBy(program: string): string {
  return execFileSync(process.execPath, [program], { encoding: 'utf8', timeout: 25_000 });
}

/** Starts such a program and waits for its first output. */
export async function started(program: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  return child;
}
