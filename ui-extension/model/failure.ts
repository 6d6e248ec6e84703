// SPDX-License-Identifier: AGPL-3.0-or-later
import { ApiError } from './api.ts';
import type { Say } from './texts/say.ts';

/** Which of the designed states a failed request leads to. */
export type FailureKind = 'no-permission' | 'no-service' | 'signed-out' | 'unreachable' | 'failed';

/** A failure as it is shown. */
export interface Failure {
  readonly kind: FailureKind;
  readonly title: string;
  /** What the node said, as it said it. */
  readonly text: string;
  readonly hint: string | null;
}

/** 501 is said of paths that PVE does not know, which is the case without our bridge; 595 and above are PVE's own for nodes out of reach. */
function kindOf(status: number): FailureKind {
  if (status === 401) return 'signed-out';
  if (status === 403) return 'no-permission';
  if (status === 503 || status === 501) return 'no-service';
  return status === 0 || status >= 595 ? 'unreachable' : 'failed';
}

/** What a thrown request failure is to the person. */
export function failureOf(error: unknown, say: Say): Failure {
  const status = error instanceof ApiError ? error.status : -1;
  const kind = kindOf(status);
  const text = error instanceof Error ? error.message : String(error);
  const hasHint = kind !== 'failed';
  return { kind, title: say(`failure.${kind}`), text, hint: hasHint ? say(`failure.${kind}.hint`) : null };
}
