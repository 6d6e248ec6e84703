// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { ok, type Problem, problem, type Result } from '../problem.ts';
import { visible } from '../text/visible.ts';
import { type InsideCommand, ownWords } from './inside-step.ts';

/** What a program inside a guest answered. */
export interface InsideOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The agent kept only a part of what it printed. */
  readonly truncated: boolean;
}

/** What a shell answers for a program that is not there. */
export const NOT_FOUND = 127;

type GuestId = Pick<Guest, 'kind' | 'vmid'>;

/** The call of PVE's tool that runs a command inside a guest (qemu-server CLI/qm.pm `exec`, pve-container CLI/pct.pm `exec`). */
export function insideArgv({ kind, vmid }: GuestId, { argv, stdin, timeoutSec }: InsideCommand): readonly [string, ...string[]] {
  if (kind === 'lxc') return ['pct', 'exec', `${vmid}`, '--', ...argv];
  const input = stdin === undefined ? [] : ['--pass-stdin', '1'];
  return ['qm', 'guest', 'exec', `${vmid}`, '--timeout', `${timeoutSec}`, ...input, '--', ...argv];
}

/** Reads what that call answered: for a container the program's own answer, for a VM what the guest agent tells as JSON. */
export function insideAnswer(
  guest: GuestId,
  command: InsideCommand,
  ran: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
): Result<InsideOutput> {
  if (guest.kind === 'lxc') return containerAnswer(guest, ran);
  if (ran.exitCode !== 0) return agentFailure(guest, `${ran.stderr}\n${ran.stdout}`);
  const answer = objectOf(ran.stdout);
  if (answer === undefined)
    return problem(
      'host.run',
      `The answer of the guest agent of ${guestName(guest)} cannot be understood: ${visible(ran.stdout, 200)}`,
    );
  if (answer.exited !== 1 && answer.exited !== true) {
    const process = typeof answer.pid === 'number' ? ` as process ${answer.pid}` : '';
    const [program] = ownWords(command);
    return problem(
      'guest.slow',
      `${program} had not ended in ${guestName(guest)} after ${command.timeoutSec} s; it goes on there${process}.`,
      {
        hint: 'Wait until it has ended, then try again.',
      },
    );
  }
  const signal = typeof answer.signal === 'number' ? 128 + answer.signal : 0;
  return ok({
    exitCode: typeof answer.exitcode === 'number' ? answer.exitcode : signal,
    stdout: textOf(answer['out-data']),
    stderr: textOf(answer['err-data']),
    truncated: [answer['out-truncated'], answer['err-truncated']].some((value) => value === 1 || value === true),
  });
}

function containerAnswer(
  guest: GuestId,
  ran: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
): Result<InsideOutput> {
  if (/^container '\d+' not running!$/m.test(ran.stderr)) return notRunning(guest);
  return ok({ exitCode: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr, truncated: false });
}

function notRunning(guest: GuestId): { readonly ok: false; readonly problem: Problem } {
  const start = `${guest.kind === 'qemu' ? 'qm' : 'pct'} start ${guest.vmid}`;
  return problem('guest.not-running', `${guestName(guest)} does not run, so nothing can be done inside it.`, {
    hint: `Start it: ${start}`,
  });
}

/**
 * The messages of qemu-server's Agent.pm and of qemu-ga, and what they mean. Up to QEMU 9.0 those of qemu-ga stand behind "Guest agent
 * command failed, error was" (QEMU qga/commands.c), so nothing is matched by its start.
 */
function agentFailure(guest: GuestId, said: string): Result<InsideOutput> {
  const name = guestName(guest);
  const missing = /Failed to execute child process|No such file or directory/i.test(said);
  if (missing) return ok({ exitCode: NOT_FOUND, stdout: '', stderr: said.trim(), truncated: false });
  if (/VM \d+ is not running|VM \d+ not running/.test(said)) return notRunning(guest);
  if (said.includes('No QEMU guest agent configured'))
    return problem('guest.no-agent', `${name} has no guest agent in its configuration.`, {
      hint: `Install qemu-guest-agent in it, then: qm set ${guest.vmid} --agent 1, a full stop and a start.`,
    });
  if (/QEMU guest agent is not running/.test(said))
    return problem('guest.no-agent', `The guest agent of ${name} does not answer.`, {
      hint: 'Install and start qemu-guest-agent in it; a guest that boots needs a moment.',
    });
  if (/has been disabled|has not been found|CommandNotFound|not allowed/i.test(said))
    return problem('guest.no-agent', `The guest agent of ${name} does not allow guest-exec.`, {
      hint: 'Fedora and its relatives forbid it: allow guest-exec and guest-exec-status in /etc/sysconfig/qemu-ga, then restart qemu-guest-agent.',
    });
  if (/got timeout|timed? ?out/i.test(said))
    return problem('guest.slow', `The guest agent of ${name} did not answer in time.`, {
      hint: 'See whether the guest still responds, then try again.',
    });
  return problem('host.run', `The guest agent of ${name} refuses: ${visible(said.trim().split('\n')[0] ?? '', 300)}`);
}

function objectOf(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown }) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A text of the agent. PVE decodes base64 into bytes and prints each as a character of its own, so letters beyond ASCII
 * come as two or more; where the whole is UTF-8 read that way, it is read back.
 */
function textOf(value: unknown): string {
  if (typeof value !== 'string') return '';
  if (/^[\x00-\x7f]*$/.test(value) || /[^\x00-\xff]/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(value, (character) => character.charCodeAt(0)));
  } catch {
    return value;
  }
}
