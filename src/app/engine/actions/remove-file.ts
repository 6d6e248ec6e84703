// SPDX-License-Identifier: AGPL-3.0-or-later
import { sameContent } from '../../../core/plan/file-image.ts';
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { drifted, readImage } from '../read-image.ts';
import { STATE_DIR } from '../state-paths.ts';

/** Our own folder of one guest's files, which goes with the last of them. */
const GUEST_FOLDER = new RegExp(`^(${STATE_DIR}/[0-9]+)/[^/]+$`);

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
    const removed = await host.remove(path);
    const folder = GUEST_FOLDER.exec(path)?.[1];
    if (!removed.ok || folder === undefined) return removed;
    const left = await host.list(folder);
    return left.kind === 'content' && left.value.length === 0 ? await host.remove(folder) : removed;
  },
};
