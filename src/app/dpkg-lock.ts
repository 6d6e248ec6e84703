// SPDX-License-Identifier: AGPL-3.0-or-later
import { DPKG_LOCKS, recordLockHolders } from '../core/preflight/process-locks.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';
import { listOptional, readOptional } from './sense/attribute.ts';

/** The process that holds the lock of dpkg or apt, by its open files; undefined when nobody does or it cannot be seen. */
export async function dpkgLockHolder(host: Host): Promise<{ readonly pid: number; readonly command: string } | undefined> {
  const locks = await readOptional(host, '/proc/locks');
  for (const pid of recordLockHolders(locks ?? '')) {
    const fds = await listOptional(host, `/proc/${pid}/fd`);
    const links = await Promise.all(fds.map((fd) => host.readLink(`/proc/${pid}/fd/${fd}`)));
    if (!links.some((link) => link.kind === 'content' && DPKG_LOCKS.includes(link.value))) continue;
    return { pid, command: visible((await readOptional(host, `/proc/${pid}/comm`))?.trim() ?? 'unknown', 40) };
  }
  return undefined;
}
