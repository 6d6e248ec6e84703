// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Desired, NOTHING_DESIRED, parseDesired } from '../../core/plan/desired.ts';
import { EMPTY_LEDGER, type Ledger } from '../../core/plan/ledger.ts';
import { parseLedger } from '../../core/plan/parse-ledger.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import { fillContents, keepContents } from './kept-contents.ts';
import { DESIRED_FILE, LEDGER_FILE } from './state-paths.ts';

/** Only root may look: the ledger holds copies of configuration files. */
const PRIVATE_DIR = 0o700;
const PRIVATE_FILE = 0o600;

/** What is ours on this machine; an absent file means that nothing is. */
export async function readLedger(host: Host): Promise<Result<Ledger>> {
  return await readState(host, LEDGER_FILE, EMPTY_LEDGER, parseLedger);
}

/** What the user asked of this machine; an absent file means nothing yet. */
export async function readDesired(host: Host): Promise<Result<Desired>> {
  return await readState(host, DESIRED_FILE, NOTHING_DESIRED, parseDesired);
}

export async function writeLedger(host: Host, ledger: Ledger): Promise<Result<void>> {
  return await writeState(host, LEDGER_FILE, ledger);
}

export async function writeDesired(host: Host, desired: Desired): Promise<Result<void>> {
  return await writeState(host, DESIRED_FILE, desired);
}

/** Writes one state file as a whole, root-only, with its directory; large contents of files are kept beside it. */
export async function writeState(host: Host, path: string, value: object): Promise<Result<void>> {
  const folder = await host.mkdir(path.slice(0, path.lastIndexOf('/')), { mode: PRIVATE_DIR });
  if (!folder.ok) return folder;
  const text = await keepContents(host, value);
  return text.ok ? await host.writeAtomic(path, text.value, { mode: PRIVATE_FILE }) : text;
}

async function readState<T>(
  host: Host,
  path: string,
  absent: T,
  parse: (text: string, where: string) => Result<T>,
): Promise<Result<T>> {
  const read = await host.read(path);
  if (read.kind === 'absent') return ok(absent);
  if (read.kind === 'content') {
    const whole = await fillContents(host, read.value, path);
    return whole.ok ? parse(whole.value, path) : whole;
  }
  return problem('host.read', `${path} cannot be read: ${read.errno}.`, { hint: hintFor(read.errno), where: path });
}

/** ENODATA is what a capture answers of a file that it does not hold. */
function hintFor(errno: string): string {
  return errno === 'ENODATA'
    ? 'A capture holds nothing of what pveigpu did: run it on the machine itself.'
    : 'Run pveigpu as root.';
}
