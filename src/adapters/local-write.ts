// SPDX-License-Identifier: AGPL-3.0-or-later
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  type Stats,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { errnoOf } from './errno.ts';

/**
 * Replacing, making and removing files. Everything here answers an errno name, or null when it went well.
 *
 * Invariants: the path has no symbolic link left (see local-path.ts); a file is never seen half-written; after a failure
 * the old file is as it was and no temporary file stays behind.
 */

/** `f_type` of FUSE file systems, pmxcfs among them (include/uapi/linux/magic.h FUSE_SUPER_MAGIC). */
const FUSE = 0x65735546;

let serial = 0;

/** Replaces a whole file by way of a temporary one beside it. An existing file keeps its owner and mode. */
export function replaceFile(path: string, content: string | Uint8Array, mode: number): string | null {
  const old = statOrUndefined(path);
  if (old?.isDirectory()) return 'EISDIR';
  if (old !== undefined && !old.isFile()) return 'EINVAL';
  serial += 1;
  // The leading dot keeps it out of the folders of which every file is read (modprobe.d, grub.d, systemd).
  const temporary = `${dirname(path)}/.${basename(path).slice(0, 180)}.pveigpu-${process.pid}-${serial}`;
  let made = false;
  try {
    const fd = openSync(temporary, 'wx', 0o600);
    made = true;
    try {
      writeAll(fd, typeof content === 'string' ? new TextEncoder().encode(content) : content);
      keepOwnerAndMode(fd, { uid: old?.uid, gid: old?.gid, mode: (old?.mode ?? mode) & 0o7777 }, () => isFuse(dirname(path)));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
    made = false;
    syncDirectory(dirname(path));
    return null;
  } catch (error) {
    if (made) removeQuietly(temporary);
    return errnoOf(error);
  }
}

export interface OwnerAndMode {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly mode: number;
}

/**
 * Gives an open file its owner and mode, the owner first because chown clears set-id bits. pmxcfs knows neither and
 * derives both from the path, so its EPERM is no failure; anywhere else it is.
 */
export function keepOwnerAndMode(
  fd: number,
  want: OwnerAndMode,
  setByPath: () => boolean,
  calls: Pick<typeof import('node:fs'), 'fchownSync' | 'fchmodSync'> = { fchownSync, fchmodSync },
): void {
  try {
    if (want.uid !== undefined && want.gid !== undefined) calls.fchownSync(fd, want.uid, want.gid);
    calls.fchmodSync(fd, want.mode);
  } catch (error) {
    if (!['EPERM', 'ENOSYS', 'ENOTSUP'].includes(errnoOf(error)) || !setByPath()) throw error;
  }
}

/** Makes a directory and its missing parents, each with the mode, whatever the umask. */
export function makeDirectories(path: string, mode: number): string | null {
  const missing: string[] = [];
  let here = path;
  try {
    while (statOrUndefined(here) === undefined) {
      missing.unshift(here);
      here = dirname(here);
    }
    if (!statSync(here).isDirectory()) return missing.length === 0 ? 'EEXIST' : 'ENOTDIR';
    for (const directory of missing) {
      mkdirSync(directory);
      chmodSync(directory, mode);
    }
    return null;
  } catch (error) {
    return errnoOf(error);
  }
}

/** Removes a file, a link or an empty directory; nothing there is fine. */
export function removeEntry(path: string): string | null {
  try {
    if (lstatSync(path).isDirectory()) rmdirSync(path);
    else unlinkSync(path);
    syncDirectory(dirname(path));
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    return errno === 'ENOENT' || errno === 'ENOTDIR' ? null : errno;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** The new name is already there when this fails, and some file systems cannot do it: not a reason to report a failed write. */
function syncDirectory(path: string): void {
  try {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {}
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}

function statOrUndefined(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return undefined;
    throw error;
  }
}

function isFuse(path: string): boolean {
  return statfsSync(path).type === FUSE;
}
