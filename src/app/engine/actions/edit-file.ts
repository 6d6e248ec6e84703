// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Executor } from '../executor.ts';
import { writeFile } from './write-file.ts';

/** Changes a file of somebody else's: the plan has worked out the whole new text, so it is written like any other. */
export const editFile: Executor<'editFile'> = {
  needsDeviceLock: false,
  checkTells: true,
  check: (context, { path, base64, mode, before }) => writeFile.check(context, { path, base64, mode, before }),
  execute: (context, { path, base64, mode, before }) => writeFile.execute(context, { path, base64, mode, before }),
};
