// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import type { Context } from '../context.ts';
import { openRemoval } from './open-removal.ts';
import { writeAttribute } from './sysfs-attribute.ts';
import { forgetUnfinished } from './unfinished-note.ts';
import { whileFree } from './while-free.ts';

const VIRTFN = /^virtfn\d+$/;
/** Taking one idle VF off its driver is a matter of milliseconds. */
const UNBIND_MS = 500;
/** Asking the kernel for a driver again after a failure. */
const PROBE_MS = 2000;

/** Whether an attribute is the one that makes and destroys VFs. It is never read: the read can hang for ever. */
export function isNumVfs(path: string): boolean {
  return path.endsWith('/sriov_numvfs');
}

/** The addresses of the VFs that exist now, by the `virtfnN` links beside `sriov_numvfs`. */
export async function currentVfs(host: Host, numVfsPath: string): Promise<readonly string[]> {
  const folder = numVfsPath.slice(0, numVfsPath.lastIndexOf('/'));
  const names = await host.list(folder);
  if (names.kind !== 'content') return [];
  const vfs: string[] = [];
  for (const name of names.value.filter((entry) => VIRTFN.test(entry))) {
    const link = await host.readLink(`${folder}/${name}`);
    if (link.kind === 'content') vfs.push(link.value.slice(link.value.lastIndexOf('/') + 1));
  }
  return vfs;
}

/**
 * Writes `sriov_numvfs`. VFs that exist are looked at first, and taken off their drivers, while PVE's reservation lock is
 * held: from then on no guest can open one, so the write cannot hang. `vf.in-use` names who has one open.
 */
export async function writeNumVfs(
  context: Context,
  path: string,
  value: string,
  mustBeFree: readonly string[],
  timeoutMs: number,
): Promise<Result<void>> {
  const { host } = context;
  const pf = path.split('/').at(-2) ?? '';
  const removal = await openRemoval(context, pf);
  if (removal !== null)
    return problem('vf.in-use', `Nothing can be written to ${path} now: ${removal}.`, {
      hint: 'When nobody has the VF open, the removal ends by itself; then try again.',
      where: path,
    });
  const vfs = await currentVfs(host, path);
  const freed = await whileFree(context, [...new Set([...mustBeFree, ...vfs])], async () => await unbindAll(host, vfs));
  const written = freed.ok ? await writeAttribute(host, path, value, timeoutMs) : freed;
  if (!written.ok) {
    // They keep their driver_override, so a probe gives them their driver back.
    if (written.problem.code !== 'vf.in-use')
      for (const vf of vfs) await host.poke('/sys/bus/pci/drivers_probe', vf, { timeoutMs: PROBE_MS });
    return written;
  }
  // Whatever VFs there are now, they are not those of a start that was broken off.
  await forgetUnfinished(context, pf);
  const count = (await currentVfs(host, path)).length;
  if (String(count) === value.trim()) return ok(undefined);
  return problem('plan.failed', `${value.trim()} VFs were asked of ${path}, but ${count} are there.`, {
    hint: 'The kernel log says why: dmesg | tail.',
    where: path,
  });
}

async function unbindAll(host: Host, vfs: readonly string[]): Promise<Result<void>> {
  for (const vf of vfs) {
    const unbind = `/sys/bus/pci/devices/${vf}/driver/unbind`;
    if ((await host.stat(unbind)).kind === 'absent') continue;
    const done = await writeAttribute(host, unbind, vf, UNBIND_MS);
    if (!done.ok) return done;
  }
  return ok(undefined);
}
