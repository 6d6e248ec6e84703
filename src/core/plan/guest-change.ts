// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../facts/guest-facts.ts';

/** One change of a guest's configuration, as PVE takes it in one call. */
export interface GuestChange {
  readonly kind: GuestKind;
  readonly vmid: number;
  readonly set: { readonly [key: string]: string };
  readonly remove: readonly string[];
  /** Keys whose pending change is taken back (`--revert`). */
  readonly revert: readonly string[];
  /** PVE refuses when the file has another digest by then; empty where the keys are checked one by one instead. */
  readonly digest: string;
}
