// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import { composeCapture, composeLocal, composeSimulated } from '../main/compose.ts';
import { type Io, logOf } from './io.ts';
import { Failure } from './print-problem.ts';

/** Opens the machine that `--host` and `--root` name. */
export async function openMachine(where: { readonly host?: string; readonly root?: string }, io: Io): Promise<Context> {
  const log = logOf(io);
  const name = where.host ?? 'local';
  if (where.root !== undefined && name !== 'local')
    throw new Failure({ code: 'usage', message: '--root and --host exclude each other.' });
  if (name === 'local') {
    const context = await composeLocal({ root: where.root ?? '/', log });
    const top = await context.host.stat('/');
    if (where.root !== '' && top.kind === 'content' && top.value.kind === 'directory') return context;
    throw new Failure({ code: 'usage', message: `There is no directory "${where.root ?? '/'}".`, hint: 'Name one with --root.' });
  }
  const [kind, rest] = splitOnce(name);
  const opened =
    kind === 'capture'
      ? await composeCapture({ file: rest, log })
      : kind === 'sim'
        ? await composeSimulated({ profile: rest, log })
        : undefined;
  if (opened === undefined)
    throw new Failure({ code: 'usage', message: `"${name}" is no machine.`, hint: 'Use local, capture:FILE or sim:PROFILE.' });
  if (!opened.ok) throw new Failure(opened.problem);
  return opened.value;
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
