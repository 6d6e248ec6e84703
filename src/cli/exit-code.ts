// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ProblemCode } from '../core/problem.ts';

/** What the command's exit codes mean; scripts rely on them. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  differs: 3,
  rebootNeeded: 4,
  conflict: 5,
  cannot: 6,
  notMeasured: 7,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The one table from expected failures to exit codes. */
const EXIT_CODE_OF: { readonly [K in ProblemCode]: ExitCode } = {
  usage: EXIT.usage,
  'access.unknown-user': EXIT.failed,
  'access.denied': EXIT.failed,
  'host.read': EXIT.failed,
  'host.write': EXIT.failed,
  'host.run': EXIT.failed,
  'host.timeout': EXIT.failed,
  'host.read-only': EXIT.failed,
  'host.unsupported': EXIT.cannot,
  'host.locked': EXIT.conflict,
  'format.unreadable': EXIT.failed,
  'format.newer': EXIT.failed,
  'gpu.none': EXIT.cannot,
  'gpu.several': EXIT.usage,
  'gpu.unknown': EXIT.cannot,
  'gpu.cannot': EXIT.cannot,
  'vf.none': EXIT.failed,
  'vf.range': EXIT.usage,
  'vf.in-use': EXIT.conflict,
  'guest.unknown': EXIT.failed,
  'guest.template': EXIT.failed,
  'guest.locked': EXIT.conflict,
  'guest.config': EXIT.failed,
  'guest.slice-taken': EXIT.conflict,
  'guest.not-assigned': EXIT.failed,
  'guest.needs-flag': EXIT.failed,
  'guest.not-running': EXIT.failed,
  'guest.no-agent': EXIT.cannot,
  'guest.slow': EXIT.failed,
  'guest.command': EXIT.failed,
  'pool.invalid': EXIT.failed,
  'pve.absent': EXIT.cannot,
  'pve.no-quorum': EXIT.failed,
  'pve.conflict': EXIT.conflict,
  'pve.refused': EXIT.failed,
  'driver.source': EXIT.failed,
  'driver.build': EXIT.failed,
  'kernel.cannot': EXIT.cannot,
  'packages.blocked': EXIT.cannot,
  'plan.drift': EXIT.conflict,
  'plan.failed': EXIT.failed,
  'facts.unknown': EXIT.notMeasured,
  'facts.differ': EXIT.differs,
};

/** The exit code of an expected failure. */
export function exitCodeOf(code: ProblemCode): ExitCode {
  return EXIT_CODE_OF[code];
}
