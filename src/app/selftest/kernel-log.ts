// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';

/** The whole kernel log as it is now. */
export async function readKernelLog(host: Host): Promise<Result<string>> {
  const ran = await host.run(['dmesg'], { timeoutMs: 10_000 });
  if (!ran.ok) return ran;
  if (ran.value.exitCode === 0) return ok(ran.value.stdout);
  return problem('facts.unknown', `dmesg ended with ${ran.value.exitCode}: ${ran.value.stderr.trim()}.`);
}
