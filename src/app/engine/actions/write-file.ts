// SPDX-License-Identifier: AGPL-3.0-or-later
import { fromBase64, sameContent } from '../../../core/plan/file-image.ts';
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { drifted, readImage } from '../read-image.ts';

/** Replaces a file as a whole; an existing one keeps its owner and mode. */
export const writeFile: Executor<'writeFile'> = {
  needsDeviceLock: false,
  checkTells: true,
  async check({ host }, { path, base64, mode, before }) {
    const image = await readImage(host, path);
    if (!image.ok) return image;
    if (sameContent(image.value, { kind: 'file', base64, mode, uid: 0, gid: 0 })) return ok('already');
    return sameContent(image.value, before) ? ok('ready') : drifted(path);
  },
  async execute({ host }, { path, base64, mode }) {
    const folder = await host.mkdir(path.slice(0, path.lastIndexOf('/')) || '/');
    return folder.ok ? await host.writeAtomic(path, fromBase64(base64), { mode }) : folder;
  },
};
