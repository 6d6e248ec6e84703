// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What dpkg, apt and shells note of their own doings, whatever package it was. */
const PASSED_OVER = [
  /^\/(proc|sys|dev|tmp)\//,
  /^\/var\/log\//,
  /^\/var\/lib\/dpkg\/(status|status-old|available|available-old|lock|lock-frontend|triggers\/Lock|diversions-old|statoverride-old)$/,
  /^\/var\/lib\/apt\//,
  /^\/var\/cache\/apt\//,
  /^\/var\/cache\/ldconfig\//,
];

/** Every file of a tree by path: kind, mode, owner, and its content or target. */
export function treeOf(folder: string): ReadonlyMap<string, string> {
  const tree = new Map<string, string>();
  const walk = (path: string) => {
    for (const name of readdirSync(join(folder, path))) {
      const inside = `${path}/${name}`;
      if (PASSED_OVER.some((pattern) => pattern.test(inside) || pattern.test(`${inside}/`))) continue;
      const full = join(folder, inside);
      const stat = lstatSync(full);
      const owner = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
      if (stat.isSymbolicLink()) tree.set(inside, `link ${readlinkSync(full)}`);
      else if (stat.isDirectory()) {
        tree.set(inside, `folder ${owner}`);
        walk(inside);
      } else if (stat.isFile())
        tree.set(inside, `file ${owner} ${createHash('sha256').update(readFileSync(full)).digest('hex')}`);
      else tree.set(inside, `special ${owner}`);
    }
  };
  walk('');
  return tree;
}

/** What differs between two trees, a line each: `+` is new, `-` is gone, `~` is another. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    if (old === undefined) return [`+ ${path}`];
    return [now === undefined ? `- ${path}` : `~ ${path}`];
  });
}

/** Links of a tree that lead nowhere, as the root itself sees them. */
export function brokenLinks(folder: string, tree: ReadonlyMap<string, string>): readonly string[] {
  return [...tree].flatMap(([path, what]) => {
    const target = /^link (.*)$/.exec(what)?.[1];
    if (target === undefined || /^\/(proc|dev|run)\//.test(target)) return [];
    const inside = target.startsWith('/') ? target : resolve('/', path, '..', target);
    return existsSync(join(folder, inside)) || tree.has(inside) ? [] : [`${path} -> ${target}`];
  });
}
