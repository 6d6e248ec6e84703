// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../core/problem.ts';
import type { Host } from '../ports/host.ts';

/** How much of a file is read: a build's log of several thousand files fits, and nobody waits. */
export const EXPLAIN_BYTES = 16 * 1024 * 1024;

/** The text of a log on a machine, at most 16 MiB of it; undefined when there is no such file there. */
export async function readLog({ host }: { readonly host: Host }, path: string): Promise<Result<string | undefined>> {
  const read = await host.read(path, { maxBytes: EXPLAIN_BYTES });
  if (read.kind === 'content') return ok(read.value);
  if (read.kind === 'absent') return ok(undefined);
  return problem('host.read', `${path} cannot be read (${read.errno}).`, { where: path });
}
