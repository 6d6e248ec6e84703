// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';

/** The name of the guest that a selftest makes; one that is there already is left over from a broken run. */
export const SELFTEST_VM = 'pveigpu-selftest';

const CALL_MS = 60_000;
/** PVE itself allows four times 30 s for a guest with a passed device (qemu-server Helpers.pm). */
const START_MS = 150_000;

/** No disk, no network, no operating system: the firmware alone, in 64 MiB, so that QEMU owns the VF and maps DMA for it. */
const OPTIONS = [
  ...['--name', SELFTEST_VM, '--memory', '64', '--balloon', '0', '--cores', '1', '--ostype', 'l26', '--onboot', '0'],
  ...['--serial0', 'socket', '--vga', 'serial0', '--description', 'Made by pveigpu selftest, which removes it.'],
] as const;

/** The next VMID that nobody has, by the cluster's own rule. */
export async function freeVmid(host: Host): Promise<Result<number>> {
  const answer = await call(host, ['pvesh', 'get', '/cluster/nextid', '--output-format', 'json'], CALL_MS);
  if (!answer.ok) return answer;
  const vmid = Number(/^"?([1-9]\d{2,8})"?\s*$/.exec(answer.value)?.[1]);
  return Number.isInteger(vmid) ? ok(vmid) : problem('pve.refused', `PVE names no free VMID: ${visible(answer.value, 100)}.`);
}

export async function createVm(host: Host, vmid: number): Promise<Result<void>> {
  return done(await call(host, ['qm', 'create', String(vmid), ...OPTIONS], CALL_MS));
}

export async function startVm(host: Host, vmid: number): Promise<Result<void>> {
  return done(await call(host, ['qm', 'start', String(vmid)], START_MS));
}

export async function stopVm(host: Host, vmid: number): Promise<Result<void>> {
  return done(await call(host, ['qm', 'stop', String(vmid)], CALL_MS));
}

export async function destroyVm(host: Host, vmid: number): Promise<Result<void>> {
  return done(await call(host, ['qm', 'destroy', String(vmid)], CALL_MS));
}

async function call(host: Host, argv: readonly [string, ...string[]], timeoutMs: number): Promise<Result<string, Problem>> {
  const ran = await host.run(argv, { timeoutMs });
  if (!ran.ok) return ran;
  const { exitCode, stdout, stderr } = ran.value;
  if (exitCode === 0) return ok(stdout);
  const said = visible((stderr.trim() || stdout.trim()).replaceAll('\n', '; '), 500);
  return problem('pve.refused', `${argv.slice(0, 3).join(' ')} ended with ${exitCode}: ${said}.`);
}

function done(result: Result<string>): Result<void> {
  return result.ok ? ok(undefined) : result;
}
