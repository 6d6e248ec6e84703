// SPDX-License-Identifier: AGPL-3.0-or-later
import { sameContent } from '../../../core/plan/file-image.ts';
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { drifted, readImage } from '../read-image.ts';

/** Removes a file whose bytes are as expected. */
export const removeFile: Executor<'removeFile'> = {
  needsDeviceLock: false,
  checkTells: true,
  async check({ host }, { path, before }) {
    const image = await readImage(host, path);
    if (!image.ok) return image;
    if (image.value.kind === 'absent') return ok('already');
    return sameContent(image.value, before) ? ok('ready') : drifted(path);
  },
  async execute({ host }, { path }) {
    return await host.remove(path);
  },
};
