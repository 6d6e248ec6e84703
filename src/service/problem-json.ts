// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Problem, ProblemCode } from '../core/problem.ts';

/** HTTP statuses of expected failures; whatever is not here is 500. */
const STATUS: { readonly [K in ProblemCode]?: number } = {
  usage: 400,
  'access.unknown-user': 401,
  'access.denied': 403,
  'guest.unknown': 404,
  'gpu.none': 404,
  'gpu.unknown': 404,
  'vf.none': 404,
  'gpu.several': 400,
  'vf.range': 400,
  'host.locked': 409,
  'guest.locked': 409,
  'guest.slice-taken': 409,
  'vf.in-use': 409,
  'plan.drift': 409,
  'pve.conflict': 409,
  'host.unsupported': 422,
  'gpu.cannot': 422,
  'kernel.cannot': 422,
  'packages.blocked': 422,
  'guest.template': 422,
  'guest.config': 422,
  'guest.not-assigned': 422,
  'guest.needs-flag': 422,
  'pve.absent': 422,
  'pve.no-quorum': 503,
  'facts.unknown': 503,
  'host.timeout': 504,
};

/** An expected failure as RFC 9457 has it (`application/problem+json`). */
export interface ProblemJson {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly hint?: string;
  readonly where?: string;
}

/** The HTTP form of a problem; its code is ours, stable, and says more than the status. */
export function problemJson({ code, message, hint, where }: Problem): ProblemJson {
  return {
    type: 'about:blank',
    title: message,
    status: STATUS[code] ?? 500,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where }),
  };
}
