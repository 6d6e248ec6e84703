// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../../../core/problem.ts';
import type { Context } from '../../context.ts';
import { runProgram } from '../run-program.ts';
import { RUN_DIR } from '../state-paths.ts';

const MOUNT_MS = 60_000;

/**
 * Does something with an EFI system partition while it is mounted at a place of our own, and unmounts it whatever happens. A
 * mount that a killed run has left is taken away first.
 */
export async function withEsp<T>(
  context: Context,
  uuid: string,
  work: (folder: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  return await mountedAt(context, uuid, `${RUN_DIR}/esp/${uuid}`, work);
}

/** The same for who only looks, at another place: a plan that is made must not unmount what an apply works on. */
export async function lookAtEsp<T>(
  context: Context,
  uuid: string,
  work: (folder: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  return await mountedAt(context, uuid, `${RUN_DIR}/esp-look/${uuid}`, work);
}

async function mountedAt<T>(
  context: Context,
  uuid: string,
  folder: string,
  work: (folder: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { host } = context;
  const device = `/dev/disk/by-uuid/${uuid}`;
  const made = await host.mkdir(folder, { mode: 0o700 });
  if (!made.ok) return made;
  const mounts = await host.read('/proc/self/mounts');
  if (mounts.kind === 'content' && mounts.value.includes(` ${folder} `))
    await host.run(['umount', folder], { timeoutMs: MOUNT_MS });
  const mounted = await runProgram(context, ['mount', '-o', 'nosuid,nodev,noexec', device, folder], {
    timeoutMs: MOUNT_MS,
    aim: `mount the EFI system partition ${uuid}`,
  });
  if (!mounted.ok) return mounted;
  try {
    return await work(folder);
  } finally {
    const gone = await host.run(['umount', folder], { timeoutMs: MOUNT_MS });
    if (gone.ok && gone.value.exitCode === 0) await host.remove(folder);
    else context.log.warn(`The EFI system partition ${uuid} stays mounted at ${folder}: it could not be unmounted.`);
  }
}

/** The bytes of a file that must be there. */
export async function bytesOf({ host }: Pick<Context, 'host'>, path: string): Promise<Result<Uint8Array>> {
  const read = await host.readBytes(path);
  if (read.kind === 'content') return ok(read.value);
  return problem('host.read', `${path} cannot be read: ${read.kind === 'absent' ? 'it is not there' : read.errno}.`, {
    where: path,
  });
}
