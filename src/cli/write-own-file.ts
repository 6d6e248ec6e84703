// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../core/problem.ts';
import { composeLocal } from '../main/compose.ts';
import type { Call } from './command.ts';

/**
 * Writes a text for its owner alone on the machine that runs us, whatever machine was looked at, and answers the absolute path. A
 * file that is there is replaced only with `--force`.
 */
export async function writeOwnFile(call: Call, file: string, text: string): Promise<Result<string>> {
  const { log } = await call.context();
  const { host } = await composeLocal({ root: '/', log });
  const path = file.startsWith('/') ? file : `${process.cwd()}/${file}`;
  const present = await host.stat(path, { noFollow: true });
  if (present.kind === 'content' && call.options.force !== true)
    return problem('usage', `${file} exists already.`, { hint: 'Give another name, or --force.' });
  const written = await host.writeAtomic(path, text, { mode: 0o600 });
  return written.ok ? ok(path) : written;
}
