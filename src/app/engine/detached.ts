// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import type { Context } from '../context.ts';
import { type DetachedOrder, parseOrder } from './detached-order.ts';
import { newestRun } from './journal.ts';
import { runProgram } from './run-program.ts';
import { writeState } from './state-files.ts';
import { LOG_DIR, RUN_DIR } from './state-paths.ts';

/** systemd answers at once with `--no-block`. */
const START_MS = 30_000;
/** Logs of older runs beyond this many are removed. */
const KEPT_LOGS = 30;
const LOG_NAME = /^apply-(\d{1,9})\.log$/;

/** A command that runs in a transient unit of systemd, on its own, whatever becomes of the terminal that started it. */
export interface DetachedRun {
  /** The number that its first run will have in the journal. */
  readonly number: number;
  readonly unit: string;
  /** What it prints; stays. */
  readonly log: string;
  /** What it is to do; until the next boot. */
  readonly order: string;
  /** Its exit code, once it has ended; until the next boot. */
  readonly exit: string;
}

/** Where the parts of a detached command with this number are. */
export function detachedRun(number: number): DetachedRun {
  return {
    number,
    unit: `pveigpu-apply-${number}.service`,
    log: `${LOG_DIR}/apply-${number}.log`,
    order: `${RUN_DIR}/apply-${number}.json`,
    exit: `${RUN_DIR}/apply-${number}.exit`,
  };
}

/** Whether commands can run detached here: a systemd that is at work (sd_booted(3)), and programs that really run. */
export async function canDetach(host: Host): Promise<boolean> {
  return host.abilities.run && (await host.stat('/run/systemd/system')).kind === 'content';
}

/**
 * Starts a command detached. `program` is ours, and gets `carry-on FILE` as arguments. Fails with `host.locked` when one runs
 * already; then nothing was started.
 */
export async function startDetached(
  context: Context,
  order: DetachedOrder,
  program: readonly [string, ...string[]],
): Promise<Result<DetachedRun>> {
  const { host } = context;
  const newest = await newestRun(host);
  if (!newest.ok) return newest;
  const run = detachedRun((newest.value?.number ?? 0) + 1);
  if (await isActive(host, run)) {
    return problem('host.locked', `Another command is at work in ${run.unit}.`, { hint: 'Watch it with: pveigpu follow' });
  }
  const prepared = await prepare(host, run, order);
  if (!prepared.ok) return prepared;
  const output = ['StandardOutput', 'StandardError'].flatMap((name) => ['-p', `${name}=append:${run.log}`]);
  const argv = ['--unit', run.unit, '--collect', '--no-block', '--quiet', ...output, '--', ...program, 'carry-on', run.order];
  const started = await runProgram(context, ['systemd-run', ...argv], { timeoutMs: START_MS, aim: `start ${run.unit}` });
  return started.ok ? ok(run) : started;
}

/** The newest detached command of this boot or before, or null. */
export async function newestDetached(host: Host): Promise<DetachedRun | null> {
  const numbers = await logNumbers(host);
  const newest = numbers.at(-1);
  return newest === undefined ? null : detachedRun(newest);
}

/** What a detached command was asked to do. */
export async function readOrder(host: Host, path: string): Promise<Result<DetachedOrder>> {
  const read = await host.read(path);
  if (read.kind === 'content') return parseOrder(read.value, path);
  return problem('host.read', `${path} cannot be read.`, { hint: 'This is only called by systemd.', where: path });
}

/** Notes how a detached command ended. */
export async function writeExit(host: Host, orderPath: string, code: number): Promise<Result<void>> {
  return await host.writeAtomic(orderPath.replace(/\.json$/, '.exit'), `${code}\n`, { mode: 0o600 });
}

/** The exit code of a detached command, or undefined while it has none. */
export async function readExit(host: Host, { exit }: DetachedRun): Promise<number | undefined> {
  const read = await host.read(exit);
  return read.kind === 'content' && /^\d{1,3}\n$/.test(read.value) ? Number(read.value) : undefined;
}

/** Whether systemd still has it; also while it is about to start. */
export async function isActive(host: Host, { unit }: DetachedRun): Promise<boolean> {
  const asked = await host.run(['systemctl', 'is-active', unit], { timeoutMs: START_MS });
  return asked.ok && /^(active|activating|reloading|deactivating)$/.test(asked.value.stdout.trim());
}

async function prepare(host: Host, run: DetachedRun, order: DetachedOrder): Promise<Result<void>> {
  for (const number of (await logNumbers(host)).slice(0, -KEPT_LOGS)) await host.remove(detachedRun(number).log);
  const folder = await host.mkdir(LOG_DIR, { mode: 0o700 });
  const log = folder.ok ? await host.writeAtomic(run.log, '', { mode: 0o600 }) : folder;
  const exit = log.ok ? await host.remove(run.exit) : log;
  return exit.ok ? await writeState(host, run.order, order) : exit;
}

async function logNumbers(host: Host): Promise<readonly number[]> {
  const names = await host.list(LOG_DIR);
  if (names.kind !== 'content') return [];
  return names.value
    .flatMap((name) => LOG_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
