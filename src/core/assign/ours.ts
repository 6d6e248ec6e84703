// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../facts/guest-facts.ts';

/** The pool that is used when none is named. */
export const DEFAULT_POOL = 'igpu-vf';

/** The mapping for mediated devices that is used when none is named. */
export const DEFAULT_MDEV_POOL = 'igpu-mdev';

/** The file name of our hookscript in a snippets folder. */
export const HOOK_FILE = 'pveigpu-hook';

/** In the description of a pool that an assignment made: it goes with the last assignment. */
export const POOL_BY_ASSIGN = 'VFs of an Intel GPU, made by pveigpu assign and removed with the last assignment';

/** In the description of a pool that was asked for by name: it stays until it is removed by name. */
export const POOL_BY_NAME = 'VFs of an Intel GPU, kept by pveigpu until pveigpu pool remove';

/** In the description of a mapping for mediated devices that an assignment made: it goes with the last assignment. */
export const MDEV_POOL_BY_ASSIGN =
  'Intel GPU for mediated devices (GVT-g), made by pveigpu assign and removed with the last assignment';

/** Whether a hookscript volume is ours, on whatever storage: this is how a migrated or cloned guest is recognised. */
export function isOurHook(volid: string | undefined): boolean {
  return volid?.endsWith(`:snippets/${HOOK_FILE}`) ?? false;
}

/** Whether pveigpu made a pool; its entries are then ours to keep true. */
export function isOurPool(pool: Pool): boolean {
  return goesWithLastUser(pool) || pool.description === POOL_BY_NAME;
}

/** Whether a pool goes with its last assignment. */
export function goesWithLastUser(pool: Pool): boolean {
  return pool.description === POOL_BY_ASSIGN || pool.description === MDEV_POOL_BY_ASSIGN;
}

/** Whether a file's text carries our header, which says who wrote it. */
export function isOurFile(text: string): boolean {
  return text.includes('pveigpu');
}
