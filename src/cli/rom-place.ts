// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import { composeLocal } from '../main/compose.ts';
import type { Host } from '../ports/host.ts';
import type { Call } from './command.ts';

/** A file that somebody named: an absolute path is one of the machine, any other one lies where the command was typed. */
export async function filePlace(call: Call, file: string): Promise<{ readonly host: Host; readonly path: string }> {
  const { host, log } = await call.context();
  if (file.startsWith('/')) return { host, path: file };
  return { host: (await composeLocal({ root: '/', log })).host, path: resolve(file) };
}
