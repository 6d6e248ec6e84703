// SPDX-License-Identifier: AGPL-3.0-or-later
import { buildJobs, buildMachine } from '../core/driver/build-jobs.ts';
import type { DriverInputs, DriverPatch } from '../core/driver/driver-inputs.ts';
import { type DriverSource, hashNote } from '../core/driver/driver-source.ts';
import { INITRAMFS_SWITCH } from '../core/driver/hold-initramfs.ts';
import { JOBS_FILE, markerPath, patchPlaces, sourceFolder } from '../core/driver/own-dkms-files.ts';
import { ifKnown } from '../core/facts/section.ts';
import type { BackendChoice } from '../core/gpu/driver-backend.ts';
import type { FileImage } from '../core/plan/action.ts';
import { toBase64 } from '../core/plan/file-image.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { SetupGround } from '../core/setup/setup-part.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { readMok } from './driver-mok.ts';
import { findDriverSource } from './driver-source.ts';
import { readImage } from './engine/read-image.ts';

/** What was said on the command line about the driver. Paths are absolute. */
export interface DriverWish {
  readonly from?: string;
  readonly sha256?: string;
  readonly patch?: string;
  /** The folder in which the command was called. */
  readonly folder?: string;
}

/** No patch for a driver is near this size, in bytes. */
const PATCH_BYTES = 1024 * 1024;

/** Reads what the plan of a DKMS driver needs besides the facts. Only reads; for the kernel's own driver nothing is needed. */
export async function readDriverInputs(
  { host }: Pick<Context, 'host'>,
  ground: Pick<SetupGround, 'facts'>,
  choice: BackendChoice,
  wish: DriverWish,
): Promise<Result<DriverInputs | undefined>> {
  if (choice.release === undefined) return ok(undefined);
  const source = await findDriverSource(host, { release: choice.release, ...wish });
  if (!source.ok) return source;
  const patch = wish.patch === undefined ? ok(undefined) : await readPatch(host, wish.patch);
  if (!patch.ok) return patch;
  const images = await readImages(host, source.value, patch.value);
  if (!images.ok) return images;
  const platform = ifKnown(ground.facts.platform);
  const mok = await readMok(host, platform === undefined ? undefined : ifKnown(platform.secureBoot));
  const jobs = await jobsHere(host);
  const folder = source.value === undefined ? undefined : sourceFolder(source.value.name, source.value.version);
  const hasSource = folder !== undefined && (await host.stat(folder)).kind === 'content';
  return ok({
    ...(source.value === undefined ? {} : { source: source.value }),
    ...(patch.value === undefined ? {} : { patch: patch.value }),
    hasSource,
    mok,
    ...(jobs === undefined ? {} : { jobs }),
    images: images.value,
  });
}

async function readPatch(host: Host, path: string): Promise<Result<DriverPatch>> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const read = await host.readBytes(path, { maxBytes: PATCH_BYTES + 1 });
  if (read.kind !== 'content')
    return problem('usage', `${path} ${read.kind === 'absent' ? 'does not exist' : `cannot be read: ${read.errno}`}.`, {
      where: path,
    });
  const text = new TextDecoder().decode(read.value);
  const isPatch = /^--- \S/m.test(text) && /^\+\+\+ \S/m.test(text) && /^@@ /m.test(text);
  if (!isPatch || read.value.length > PATCH_BYTES || !/^[A-Za-z0-9][\w.+-]{0,99}$/.test(name))
    return problem('usage', `${path} is no patch that dkms can apply.`, {
      hint: 'Give a unified diff (-p1) whose file name has only letters, digits, dots and dashes.',
      where: path,
    });
  return ok({ name, base64: toBase64(read.value) });
}

async function readImages(
  host: Host,
  source: DriverSource | undefined,
  patch: DriverPatch | undefined,
): Promise<Result<{ readonly [path: string]: FileImage }>> {
  const places = source === undefined || patch === undefined ? {} : patchPlaces(source.name, source.version, patch.name);
  const images: { [path: string]: FileImage } = {};
  const notes = source === undefined ? [] : [hashNote(source.path), markerPath(source.name, source.version)];
  for (const path of [JOBS_FILE, INITRAMFS_SWITCH, ...notes, ...Object.values<string>(places)]) {
    const image = await readImage(host, path);
    if (!image.ok) return image;
    images[path] = image.value;
  }
  return ok(images);
}

async function jobsHere(host: Host): Promise<number | undefined> {
  const [memory, online] = await Promise.all([host.read('/proc/meminfo'), host.read('/sys/devices/system/cpu/online')]);
  if (memory.kind !== 'content' || online.kind !== 'content') return undefined;
  const machine = buildMachine(memory.value, online.value);
  return machine === undefined ? undefined : buildJobs(machine);
}
