// SPDX-License-Identifier: AGPL-3.0-or-later
import { lstatSync, readlinkSync } from 'node:fs';
import { errnoOf } from './errno.ts';

/** As many links as the kernel follows in one path (include/linux/namei.h MAXSYMLINKS). */
const MAX_LINKS = 40;

export type Resolved = { readonly path: string } | { readonly errno: string };

/**
 * The real path of an absolute path as a machine whose root is `root` would see it: links are followed one by one,
 * absolute ones start at `root` again and `..` never climbs above it. With `follow` false the last part is not
 * followed. A last part that does not exist is resolved all the same, since it may be about to be made; with `making`
 * so are all parts after the first missing one.
 */
export function resolveInside(root: string, path: string, follow: boolean, making = false): Resolved {
  if (!path.startsWith('/') || path.includes('\0')) return { errno: 'EINVAL' };
  const base = root === '/' ? '' : root;
  let todo = partsOf(path);
  let done: string[] = [];
  let links = 0;
  while (todo.length > 0) {
    const [name = '', ...rest] = todo;
    todo = rest;
    if (name === '..') {
      done = done.slice(0, -1);
      continue;
    }
    const here = `${base}/${[...done, name].join('/')}`;
    const kind = kindAt(here);
    if (kind === 'ENOENT' && (todo.length === 0 || (making && !todo.includes('..')))) return { path: [here, ...todo].join('/') };
    if (kind === 'link' && (follow || todo.length > 0)) {
      links += 1;
      if (links > MAX_LINKS) return { errno: 'ELOOP' };
      const target = readlinkSync(here);
      if (target.startsWith('/')) done = [];
      todo = [...partsOf(target), ...todo];
      continue;
    }
    if (kind === 'other' && todo.length > 0) return { errno: 'ENOTDIR' };
    if (kind.startsWith('E')) return { errno: kind };
    done.push(name);
  }
  return { path: `${base}/${done.join('/')}` };
}

function kindAt(path: string): string {
  try {
    const stat = lstatSync(path);
    return stat.isSymbolicLink() ? 'link' : stat.isDirectory() ? 'directory' : 'other';
  } catch (error) {
    return errnoOf(error);
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
