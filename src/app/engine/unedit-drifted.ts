// SPDX-License-Identifier: AGPL-3.0-or-later
import { uneditFile } from '../../core/boot/unedit.ts';
import type { ActionArgs } from '../../core/plan/action.ts';
import { imageText, textToBase64 } from '../../core/plan/file-image.ts';
import type { Problem } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { readImage } from './read-image.ts';

/**
 * Takes our words or lines out of a file that somebody else has changed since we edited it, and leaves the rest to them. Null when nothing
 * of ours is left in it; a problem when that cannot be told or written.
 */
export async function uneditDrifted(
  { host, log }: Pick<Context, 'host' | 'log'>,
  { path, edit }: ActionArgs['editFile'],
): Promise<Problem | null> {
  const image = await readImage(host, path);
  if (!image.ok) return image.problem;
  if (image.value.kind === 'absent') return null;
  const text = imageText(image.value);
  if (textToBase64(text) !== image.value.base64)
    return { code: 'plan.drift', message: `${path} was changed since and is no text any more, so it was left.`, where: path };
  const without = uneditFile(text, edit);
  if (without === text) return null;
  const written = await host.writeAtomic(path, without);
  if (!written.ok) return written.problem;
  log.warn(`${path} was changed by somebody else since; only what is ours was taken out of it.`);
  return null;
}
