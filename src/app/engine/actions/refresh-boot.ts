// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok } from '../../../core/problem.ts';
import { makeGrubConfig } from '../boot/make-grub-config.ts';
import { refreshEsps } from '../boot/refresh-esps.ts';
import type { Executor } from '../executor.ts';

/** Makes the loader read its configuration and the kernels' files again, without a moment in which it could not boot (ADR 16). */
export const refreshBoot: Executor<'refreshBoot'> = {
  needsDeviceLock: false,
  checkTells: false,
  onlyRuns: true,
  check: async () => ok('ready'),
  execute: async (context, { tool }) => (tool === 'update-grub' ? await makeGrubConfig(context) : await refreshEsps(context)),
};
