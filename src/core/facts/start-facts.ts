// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from './guest-facts.ts';

/** The newest start of one guest on this node, which failed. */
export interface FailedStart {
  readonly vmid: number;
  readonly kind: GuestKind;
  /** Seconds since 1970 when it was begun. */
  readonly startSec: number;
  /** What PVE noted at its end, made visible. */
  readonly status: string;
  /** The end of its log, made visible; empty where it could not be read. */
  readonly lines: readonly string[];
}

/** The `starts` section: guests whose newest start on this node failed, newest first, from PVE's task logs. */
export interface StartFacts {
  readonly failed: readonly FailedStart[];
}
