// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MokState } from '../core/driver/driver-inputs.ts';
import { MOK_CERTIFICATE } from '../core/driver/mok.ts';
import { known, type Reading, unknown } from '../core/facts/section.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';
import { RUN_DIR } from './engine/state-paths.ts';

/** Digits are where every keyboard layout has them; MokManager knows only the American one. */
const PASSWORD_DIGITS = 8;

/** Root-only and in memory: gone with the next boot, as the request itself. */
const REQUEST_FILE = `${RUN_DIR}/mok-request`;

/** crypt(5), as mokutil prints it. */
const HASH = /^\$\w+\$\S+$/;

/**
 * Whether the key of dkms must be enrolled. When it must, a one-time password for the console step is made; its hash comes
 * from mokutil. Nothing of the machine is changed.
 */
export async function readMok(host: Host, secureBoot: boolean | undefined): Promise<MokState> {
  if (secureBoot !== true) return { kind: 'not-needed' };
  if (!host.abilities.run || !host.abilities.write) return { kind: 'unknown', because: 'no program can be run here.' };
  const key = await testSigningKey(host);
  if (key.state === 'unknown') return { kind: 'unknown', because: key.reason };
  return key.state === 'absent' || key.value === 'not-enrolled' ? await request(host) : { kind: key.value };
}

/** Whether the firmware knows the key of dkms; absent where dkms has made none yet. Asks mokutil and changes nothing. */
export async function testSigningKey(host: Host): Promise<Reading<'enrolled' | 'pending' | 'not-enrolled'>> {
  const certificate = await host.stat(MOK_CERTIFICATE);
  if (certificate.kind === 'unreadable') return unknown(`${MOK_CERTIFICATE} cannot be read.`);
  if (certificate.kind === 'absent') return { state: 'absent' };
  const tested = await host.run(['mokutil', '--test-key', MOK_CERTIFICATE]);
  if (!tested.ok) return unknown('mokutil is not installed.');
  // The exit code differs between versions, the words do not (mokutil.c, test_key).
  const { stdout, stderr } = tested.value;
  if (/already in the enrollment request/.test(stdout)) return known('pending');
  if (/already enrolled/.test(stdout)) return known('enrolled');
  return /not enrolled/.test(stdout) ? known('not-enrolled') : unknown(visible(`${stdout}${stderr}`.trim(), 200));
}

/** The same password and hash for each plan of this boot, so that the plan that is applied is the one that was shown. */
async function request(host: Host): Promise<MokState> {
  const kept = await host.read(REQUEST_FILE);
  const [password = '', hash = ''] = kept.kind === 'content' ? kept.value.split('\n') : [];
  if (HASH.test(hash)) return { kind: 'to-enrol', password, hash };
  const made = oneTimePassword();
  const hashed = await host.run(['mokutil', `--generate-hash=${made}`]);
  const fresh = hashed.ok && hashed.value.exitCode === 0 ? hashed.value.stdout.trim() : '';
  if (!HASH.test(fresh)) return { kind: 'unknown', because: 'mokutil is not installed or made no hash (apt install mokutil).' };
  const folder = await host.mkdir(RUN_DIR, { mode: 0o700 });
  const written = folder.ok ? await host.writeAtomic(REQUEST_FILE, `${made}\n${fresh}\n`, { mode: 0o600 }) : folder;
  return written.ok ? { kind: 'to-enrol', password: made, hash: fresh } : { kind: 'unknown', because: written.problem.message };
}

function oneTimePassword(): string {
  const random = crypto.getRandomValues(new Uint32Array(PASSWORD_DIGITS));
  return [...random].map((number) => String(number % 10)).join('');
}
