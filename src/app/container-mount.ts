// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Group, parseGroupFile } from '../core/container/group-file.ts';
import { known, type Reading, unknown } from '../core/facts/section.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { RUN_DIR, STATE_DIR } from './engine/state-paths.ts';

/** One empty file for each container that we have mounted; survives a reboot, as PVE's own lock in the configuration does. */
const NOTES = `${STATE_DIR}/mounted`;
/** Held while somebody looks, so that nobody takes that for what a killed run left. */
const LOCK = `${RUN_DIR}/mounted.lock`;
const LOCK_MS = 30_000;
/** Activating a volume of a storage far away takes its time. */
const MOUNT_MS = 60_000;
const MAX_BYTES = 1 << 20;

/**
 * The groups of a container that does not run, from its own `/etc/group`: Proxmox VE mounts it for that (`pct mount`) and takes it down
 * again, also when the look fails. PVE writes the container's file twice meanwhile, so digests from before are old.
 */
export async function groupsOfStopped(context: Context, ctid: number): Promise<Reading<readonly Group[]>> {
  const { host } = context;
  const lock = await lookLock(host, LOCK_MS);
  if (lock === null) return unknown('the container is mounted by somebody else');
  try {
    const held = await lockOf(host, ctid);
    if (held !== null) return unknown(`the container does not run and is locked (${visible(held, 40)})`);
    // Noted first: whoever comes after a kill takes the mount down.
    const folder = await host.mkdir(NOTES, { mode: 0o700 });
    const noted = folder.ok ? await host.writeAtomic(`${NOTES}/${ctid}`, '', { mode: 0o600 }) : folder;
    if (!noted.ok) return unknown(noted.problem.message.replace(/\.$/, ''));
    try {
      return await mountAndRead(host, ctid);
    } finally {
      await unmount(context, ctid);
    }
  } finally {
    await lock.release();
  }
}

/** Takes down what a run that was killed left mounted, so that the container is not locked for ever. */
export async function unmountLeftovers(context: Context): Promise<void> {
  const names = await context.host.list(NOTES);
  if (names.kind !== 'content' || names.value.length === 0) return;
  const lock = await lookLock(context.host, 0);
  if (lock === null) return;
  try {
    for (const name of names.value) if (/^[1-9]\d*$/.test(name)) await unmount(context, Number(name));
  } finally {
    await lock.release();
  }
}

async function mountAndRead(host: Host, ctid: number): Promise<Reading<readonly Group[]>> {
  const mounted = await host.run(['pct', 'mount', String(ctid)], { timeoutMs: MOUNT_MS });
  if (!mounted.ok) return unknown(`the container could not be mounted (${visible(mounted.problem.message, 200)})`);
  const { exitCode, stderr } = mounted.value;
  if (exitCode !== 0) {
    const said = visible(stderr.trim().split('\n').at(-1) ?? '', 200);
    return unknown(`the container does not run, and pct mount failed${said === '' ? '' : ` (${said})`}`);
  }
  return await readGroups(host, `/var/lib/lxc/${ctid}/rootfs`);
}

/** The root belongs to a stranger: a link in it may lead to a file of the host, and a pipe would be waited for. */
async function readGroups(host: Host, root: string): Promise<Reading<readonly Group[]>> {
  const etc = await host.stat(`${root}/etc`, { noFollow: true });
  const group = await host.stat(`${root}/etc/group`, { noFollow: true });
  const isPlain =
    etc.kind === 'content' && etc.value.kind === 'directory' && group.kind === 'content' && group.value.kind === 'file';
  if (!isPlain) return unknown('the container has no plain file /etc/group');
  const file = await host.read(`${root}/etc/group`, { maxBytes: MAX_BYTES });
  return file.kind === 'content' ? known(parseGroupFile(file.value)) : unknown('its /etc/group cannot be read');
}

/** PVE passes over what is not mounted; its lock is what matters. A lock that is gone or somebody else's is no fault of ours. */
async function unmount({ host, log }: Context, ctid: number): Promise<void> {
  const held = await lockOf(host, ctid);
  if (held === 'mounted') {
    const done = await host.run(['pct', 'unmount', String(ctid)], { timeoutMs: MOUNT_MS });
    if (!done.ok || done.value.exitCode !== 0) {
      log.warn(`Container ${ctid} is still mounted and locked; run: pct unmount ${ctid}`);
      return;
    }
  }
  await host.remove(`${NOTES}/${ctid}`);
}

/** The lock in a container's configuration, null for none. */
async function lockOf(host: Host, ctid: number): Promise<string | null> {
  const file = await host.read(`/etc/pve/lxc/${ctid}.conf`);
  if (file.kind !== 'content') return null;
  const own = file.value.split(/^\[/m)[0] ?? '';
  return /^lock:\s*(\S+)/m.exec(own)?.[1] ?? null;
}

async function lookLock(host: Host, timeoutMs: number): Promise<{ release(): Promise<void> } | null> {
  const folder = await host.mkdir(RUN_DIR, { mode: 0o700 });
  const lock = folder.ok ? await host.lock(LOCK, { timeoutMs }) : folder;
  return lock.ok ? lock.value : null;
}
