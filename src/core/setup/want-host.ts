// SPDX-License-Identifier: AGPL-3.0-or-later
import { NOTHING_WANTED, type SetupCase, type Wanted } from './wanted.ts';

/** The host keeps the GPU: nothing of ours is needed, so everything of ours goes. */
export function wantHost(_gpu: SetupCase): Wanted {
  return NOTHING_WANTED;
}
