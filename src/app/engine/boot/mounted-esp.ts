// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, type Problem, problem, type Result } from '../../../core/problem.ts';
import type { Context } from '../../context.ts';
import { runProgram } from '../run-program.ts';
import { RUN_DIR } from '../state-paths.ts';

const MOUNT_MS = 60_000;

/**
 * Does something with each EFI system partition of proxmox-boot-tool, one after the other, mounted at a place of our own, and answers what came
 * of each. One that is not there, or cannot be mounted while another one can, is passed over as the tool does: a node with a broken
 * disk starts from the other one, and must not lose its way back. A mount that a killed run has left is taken away first.
 */
export async function eachEsp<T>(
  context: Context,
  uuids: readonly string[],
  work: (folder: string) => Promise<Result<T>>,
): Promise<Result<readonly T[]>> {
  const { host, log } = context;
  const done: T[] = [];
  const broken: { readonly uuid: string; readonly problem: Problem }[] = [];
  for (const uuid of uuids) {
    if ((await host.stat(deviceOf(uuid))).kind !== 'content') {
      log.warn(`The EFI system partition ${uuid} is not there; proxmox-boot-tool clean takes it off the list.`);
      continue;
    }
    let isMounted = false;
    const worked = await mountedAt(context, uuid, `${RUN_DIR}/esp/${uuid}`, async (folder) => {
      isMounted = true;
      return await work(folder);
    });
    if (worked.ok) done.push(worked.value);
    else if (isMounted) return worked;
    else broken.push({ uuid, problem: worked.problem });
  }
  const [first] = broken;
  if (first !== undefined && done.length === 0) return { ok: false, problem: first.problem };
  for (const { uuid, problem } of broken)
    log.warn(`The EFI system partition ${uuid} is passed over and keeps what it had: ${problem.message}`);
  return ok(done);
}

/** Looks at one of them, mounted at another place: a plan that is made must not unmount what an apply works on. */
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
  const made = await host.mkdir(folder, { mode: 0o700 });
  if (!made.ok) return made;
  const mounts = await host.read('/proc/self/mounts');
  if (mounts.kind === 'content' && mounts.value.includes(` ${folder} `))
    await host.run(['umount', folder], { timeoutMs: MOUNT_MS });
  const mounted = await runProgram(context, ['mount', '-o', 'nosuid,nodev,noexec', deviceOf(uuid), folder], {
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

function deviceOf(uuid: string): string {
  return `/dev/disk/by-uuid/${uuid}`;
}

/** The bytes of a file that must be there. */
export async function bytesOf({ host }: Pick<Context, 'host'>, path: string): Promise<Result<Uint8Array>> {
  const read = await host.readBytes(path);
  if (read.kind === 'content') return ok(read.value);
  return problem('host.read', `${path} cannot be read: ${read.kind === 'absent' ? 'it is not there' : read.errno}.`, {
    where: path,
  });
}
