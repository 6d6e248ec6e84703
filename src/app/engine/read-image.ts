// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage } from '../../core/plan/action.ts';
import { toBase64 } from '../../core/plan/file-image.ts';
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';

/** The image of a file as it is now, for a plan's `before` and for the look before a write. */
export async function readImage(host: Host, path: string): Promise<Result<FileImage>> {
  const [bytes, stat] = [await host.readBytes(path), await host.stat(path)];
  if (bytes.kind === 'absent') return ok({ kind: 'absent' });
  if (bytes.kind === 'unreadable') return problem('host.read', `${path} cannot be read: ${bytes.errno}.`, { where: path });
  if (stat.kind !== 'content')
    return problem('host.read', `${path} changed while it was read.`, { hint: 'Try again.', where: path });
  const { mode, uid, gid } = stat.value;
  return ok({ kind: 'file', base64: toBase64(bytes.value), mode, uid, gid });
}

/** The answer when a file has other content than the plan was made for. */
export function drifted(path: string): { readonly ok: false; readonly problem: Problem } {
  return problem('plan.drift', `${path} has changed since the plan was made.`, {
    hint: 'Look at the change and plan again.',
    where: path,
  });
}
