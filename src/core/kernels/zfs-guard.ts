// SPDX-License-Identifier: AGPL-3.0-or-later
import { compareReleases } from '../boot/release-order.ts';
import type { Remark } from '../plan/action.ts';
import { visible } from '../text/visible.ts';
import { bundledZfs, featureSince, hasFeature, NEWEST_ZFS } from './zfs-features.ts';

/** One imported pool and the features that are in use on it; features that are merely enabled stop no import (zpool-features(7)). */
export interface ZfsPool {
  readonly name: string;
  readonly active: readonly string[];
}

/** Reads `zpool get -H -o name,property,value all`. */
export function parseZpoolGet(output: string): readonly ZfsPool[] {
  const pools = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const [name, property, value] = line.split('\t');
    if (name === undefined || name === '' || property === undefined) continue;
    const active = pools.get(name) ?? [];
    if (property.startsWith('feature@') && value === 'active') active.push(property.slice('feature@'.length));
    pools.set(name, active);
  }
  return [...pools].map(([name, active]) => ({ name, active }));
}

/** The pool that holds the root file system, by the command line's `root=ZFS=rpool/ROOT/pve-1`. */
export function rootPool(cmdline: string): string | undefined {
  return /(?:^|\s)root=ZFS=([^/\s]+)/.exec(cmdline)?.[1];
}

/** What is asked of a kernel before it is pinned. */
export interface ZfsCase {
  readonly release: string;
  /** Undefined when ZFS is loaded and its pools could not be read. */
  readonly pools: readonly ZfsPool[] | undefined;
  /** The running kernel, which has imported the pools. */
  readonly running: string;
  readonly cmdline: string;
}

/**
 * Remarks on pools that another kernel could not import: such a kernel does not boot from its root pool, and leaves the guests of
 * another pool without disks. None where its OpenZFS has all that is in use, or where it is newer than the running one.
 */
export function zfsRemarks({ release, pools, running, cmdline }: ZfsCase): readonly Remark[] {
  const root = rootPool(cmdline);
  const zfs = bundledZfs(release);
  if (zfs !== undefined && pools !== undefined)
    return pools.flatMap((pool) => poolRemarks(pool, release, zfs, pool.name === root));
  if (pools?.length === 0 || compareReleases(release, running) >= 0) return [];
  if (pools === undefined) {
    const text = `The ZFS pools could not be read, so whether kernel ${release} can import them is not known.`;
    return [{ level: 'warning', id: 'kernel.zfs-unknown', text }];
  }
  const names = pools.map(({ name }) => visible(name, 80)).join(', ');
  const text = `Which OpenZFS kernel ${release} brings is not known, so whether it can import ${names} is not known either.`;
  return [{ level: 'warning', id: 'kernel.zfs-unknown', text }];
}

function poolRemarks({ name, active }: ZfsPool, release: string, zfs: string, isRoot: boolean): readonly Remark[] {
  const missing = active.filter((feature) => !hasFeature(zfs, feature));
  if (missing.length === 0) return [];
  const pool = isRoot ? `the root pool ${visible(name, 80)}` : `the pool ${visible(name, 80)}`;
  const list = missing
    .map((feature) => `${visible(feature, 80)} (OpenZFS ${featureSince(feature) ?? `newer than ${NEWEST_ZFS}`})`)
    .join(', ');
  const end = isRoot ? 'it would not boot.' : 'guests with disks there would not start.';
  const text = `Kernel ${release} brings OpenZFS ${zfs} and cannot import ${pool}, which uses ${list}: ${end}`;
  return [{ level: 'blocker', id: 'kernel.zfs-feature', code: 'kernel.cannot', text, ...(isRoot ? {} : { overridable: true }) }];
}
