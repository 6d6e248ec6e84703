// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Group, parseGroupFile } from '../core/container/group-file.ts';
import type { Guest } from '../core/facts/guest-facts.ts';
import { known, type Reading, unknown } from '../core/facts/section.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';

/** A container that does not answer must not hold up a plan. */
const EXEC_TIMEOUT_MS = 10_000;

/**
 * The groups of a container, from its own `/etc/group`. A running one is asked (`pct exec`): the file is opened in its own mount
 * namespace, so that a link or a pipe in its place leads nowhere else and waits for nobody. One that does not run: see container-mount.ts.
 */
export async function groupsInside(host: Host, guest: Guest): Promise<Reading<readonly Group[]>> {
  if (guest.running.state !== 'known') return unknown('it is not known whether the container runs');
  if (!guest.running.value) return unknown('the container does not run, so nobody can look inside');
  if (!host.abilities.run) return unknown('no program can be run there to look inside');
  const ran = await host.run(['pct', 'exec', String(guest.vmid), '--', 'cat', '/etc/group'], { timeoutMs: EXEC_TIMEOUT_MS });
  if (!ran.ok) return unknown(`the container could not be looked into (${visible(ran.problem.message, 200)})`);
  const { exitCode, stdout, stderr } = ran.value;
  if (exitCode === 0) return known(parseGroupFile(stdout));
  const said = visible(stderr.trim().split('\n')[0] ?? '', 200);
  return unknown(`pct exec could not read its /etc/group${said === '' ? '' : ` (${said})`}`);
}
