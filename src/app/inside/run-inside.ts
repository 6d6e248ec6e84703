// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../../core/facts/guest-facts.ts';
import { type InsideOutput, insideAnswer, insideArgv } from '../../core/inside/guest-exec.ts';
import type { InsideCommand } from '../../core/inside/inside-step.ts';
import type { Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';

/** PVE's own start, and its last look at the agent, beyond the time that the command itself may take. */
const AROUND_MS = 30_000;

/** Runs one command inside a guest, through PVE's tool. Whatever the command itself answers is an answer, not a problem. */
export async function runInside(
  host: Host,
  guest: Pick<Guest, 'kind' | 'vmid'>,
  command: InsideCommand,
): Promise<Result<InsideOutput>> {
  const { stdin, timeoutSec } = command;
  const ran = await host.run(insideArgv(guest, command), {
    timeoutMs: timeoutSec * 1000 + AROUND_MS,
    ...(stdin === undefined ? {} : { stdin }),
  });
  return ran.ok ? insideAnswer(guest, command, ran.value) : ran;
}
