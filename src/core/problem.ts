// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Every way in which pveigpu can fail in an expected manner. A code is stable: scripts and tests may compare it.
 * `src/cli/exit-code.ts` gives each one its exit code, so a new code without an exit code does not compile.
 */
export type ProblemCode =
  // what the person typed
  | 'usage'
  // who asks the service
  | 'access.unknown-user'
  | 'access.denied'
  // the machine behind the Host port
  | 'host.read'
  | 'host.write'
  | 'host.run'
  | 'host.timeout'
  | 'host.read-only'
  | 'host.unsupported'
  | 'host.locked'
  // files of ours or of others that cannot be understood
  | 'format.unreadable'
  | 'format.newer'
  // hardware
  | 'gpu.none'
  | 'gpu.several'
  | 'gpu.unknown'
  | 'gpu.cannot'
  | 'vf.none'
  | 'vf.range'
  | 'vf.in-use'
  // guests and Proxmox
  | 'guest.unknown'
  | 'guest.template'
  | 'guest.locked'
  | 'guest.config'
  | 'guest.slice-taken'
  | 'guest.not-assigned'
  | 'guest.needs-flag'
  | 'guest.not-running'
  | 'guest.no-agent'
  | 'guest.slow'
  | 'guest.command'
  | 'pool.invalid'
  | 'pve.absent'
  | 'pve.no-quorum'
  | 'pve.conflict'
  | 'pve.refused'
  // drivers
  | 'driver.source'
  | 'driver.build'
  // kernels and packages
  | 'kernel.cannot'
  | 'packages.blocked'
  // plans
  | 'plan.drift'
  | 'plan.failed'
  | 'facts.unknown'
  | 'facts.differ';

/** An expected failure: one sentence that names the thing, then what to do. */
export interface Problem {
  readonly code: ProblemCode;
  /** A complete sentence that names the thing. */
  readonly message: string;
  /** What to do about it, a complete sentence or a command. */
  readonly hint?: string;
  /** The file, line, guest or device that it is about. */
  readonly where?: string;
}

/** A value or an expected failure. Core never throws for input. */
export type Result<T, P = Problem> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function fail<P = Problem>(problem: P): { readonly ok: false; readonly problem: P } {
  return { ok: false, problem };
}

/** Short form for the common case of failing with a {@link Problem}. */
export function problem(
  code: ProblemCode,
  message: string,
  more: { readonly hint?: string; readonly where?: string } = {},
): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: { code, message, ...more } };
}
