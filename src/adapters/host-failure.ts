// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Problem, problem } from '../core/problem.ts';

type Failed = { readonly ok: false; readonly problem: Problem };

/** What the errnos of writes mean, in words that end a sentence. */
const WORDS: { readonly [errno: string]: string } = {
  EACCES: 'permission is denied',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something else is in the way',
  EFBIG: 'it would be too large',
  EINVAL: 'it is not a regular file or not a valid path',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links go round in circles',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'its directory does not exist',
  ENOSPC: 'no space is left on its file system',
  ENOTDIR: 'a part of its path is not a directory',
  ENOTEMPTY: 'the directory is not empty',
  EPERM: 'the operation is not permitted',
  EROFS: 'its file system is read-only',
  ETXTBSY: 'it is being executed',
};

const HINTS: { readonly [errno: string]: string } = {
  EACCES: 'Run the command as root.',
  EDQUOT: 'Free some space, or raise the quota, and run the command again.',
  ENOSPC: 'Free some space there (df shows how much is left) and run the command again.',
  EPERM: 'Run the command as root, and look for an immutable flag with lsattr.',
  EROFS: 'Remount the file system writable. If it went read-only by itself, look for disk errors in dmesg first.',
};

/** pmxcfs refuses writes with these while the node has no quorum (pve-cluster pmxcfs/cfs-plug-memdb.c). */
const WITHOUT_QUORUM: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];

/** The failure of changing a path: `host.read-only` for a read-only file system or a cluster without quorum, else `host.write`. */
export function writeFailure(verb: 'write' | 'remove' | 'make' | 'lock', path: string, errno: string): Failed {
  const because = WORDS[errno] === undefined ? errno : `${WORDS[errno]} (${errno})`;
  const message = `Cannot ${verb} ${path}: ${because}.`;
  if (/^\/etc\/pve(\/|$)/.test(path) && WITHOUT_QUORUM.includes(errno)) {
    const hint = 'Proxmox makes /etc/pve read-only while this node has no quorum: look at "pvecm status". Otherwise run as root.';
    return problem('host.read-only', message, { hint, where: path });
  }
  const hint = HINTS[errno];
  return problem(errno === 'EROFS' ? 'host.read-only' : 'host.write', message, {
    where: path,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The failure of taking a lock that somebody else holds. */
export function lockedFailure(path: string, timeoutMs: number): Failed {
  return problem('host.locked', `The lock ${path} is held by another process and was not free within ${timeoutMs} ms.`, {
    hint: 'Another pveigpu command or hook is at work. Wait for it, or find it with "fuser -v" on that file.',
    where: path,
  });
}

/** The failure of a command on a machine that only consists of files: its message shows what would run. */
export function unsupportedRun(label: string, argv: readonly string[]): Failed {
  return problem('host.unsupported', `${label} cannot run commands; this would run: ${argv.map(shellWord).join(' ')}`, {
    hint: 'Run it on the machine itself.',
  });
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
