// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import { ok, problem, type Result } from '../core/problem.ts';
import { composeLocal } from '../main/compose.ts';
import type { Call } from './command.ts';

/** Configurations of guests have some kilobytes. */
const MOST_BYTES = 1024 * 1024;

/** The text of a file where the command was typed, whatever machine is looked at; `-` is standard input. At most 1 MiB. */
export async function readOwnText(call: Call, file: string): Promise<Result<string>> {
  if (file === '-') {
    const text = call.io.input?.(MOST_BYTES);
    return text === undefined
      ? problem('usage', 'Nothing was piped in.', { hint: 'Name a file, or pipe a text in and give -.' })
      : ok(text);
  }
  const { host } = await composeLocal({ root: '/', log: (await call.context()).log });
  const read = await host.read(resolve(file), { maxBytes: MOST_BYTES });
  if (read.kind === 'content') return ok(read.value);
  const why = read.kind === 'absent' ? 'does not exist' : `cannot be read (${read.errno})`;
  return problem('host.read', `${file} ${why}.`, { where: file });
}
